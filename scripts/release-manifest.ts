// bun scripts/release-manifest.ts: what one build made, by hash.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commitOf, git, topOf } from "./shipping/git.ts";
import {
  isDigest,
  isSha,
  type Manifest,
  manifestOf,
  manifestPath,
  parseManifest,
  textOf,
} from "./shipping/manifest.ts";
import { markersIn } from "./shipping/markers.ts";
import { main, Refusal, required } from "./shipping/refusal.ts";

const help = `Writes release/<sha>.json, the three artefacts of one build by their hashes:

  bun scripts/release-manifest.ts --sha <sha> --web-image <name> --web-digest <sha256:…>
                                  --worker <file> --functions <file> [--dry-run]
  bun scripts/release-manifest.ts --sha <sha> --json <text> [--dry-run]

  --sha <sha>            the commit that was built: the one checked out, with nothing changed
  --web-image <name>     the image without tag or digest
  --web-digest <digest>  what the registry answered to the push
  --worker <file>        dist/banneton-worker
  --functions <file>     dist/functions.zip
  --json <text>          a manifest that this command made elsewhere, in place of the four
  --dry-run              prints it and writes nothing
  --help                 this text

In a workflow, manifest, worker_object and functions_object are outputs of the step.
Exit codes: 0 written or there already, 1 refused, 64 wrong options.`;

await main(help, () => {
  const { values } = parseArgs({
    options: {
      sha: { type: "string" },
      "web-image": { type: "string" },
      "web-digest": { type: "string" },
      worker: { type: "string" },
      functions: { type: "string" },
      json: { type: "string" },
      "dry-run": { type: "boolean", default: false },
    },
  });
  const folder = topOf(process.cwd());
  const sha = required(values.sha, "sha");
  refuseUnknown(folder, sha);
  const manifest =
    values.json === undefined
      ? manifestOf({
          sha,
          image: required(values["web-image"], "web-image"),
          digest: required(values["web-digest"], "web-digest"),
          worker: bytesOf(required(values.worker, "worker")),
          functions: bytesOf(required(values.functions, "functions")),
        })
      : (JSON.parse(values.json) as Manifest);
  if (!isDigest(manifest.web.digest)) {
    throw new Refusal(`${manifest.web.digest} is no digest: sha256: and 64 hex digits`);
  }
  const text = textOf(manifest);
  parseManifest(text, sha);
  console.log(text.trimEnd());
  if (!values["dry-run"]) write(folder, sha, text);
  tellWorkflow(manifest);
});

function refuseUnknown(folder: string, sha: string): void {
  if (!isSha(sha) || commitOf(folder, sha) === undefined) {
    throw new Refusal(`${sha} is no commit of this repository`);
  }
  if (commitOf(folder, "HEAD") !== sha) throw new Refusal(`${sha} is not what is checked out`);
  const changed = git(folder, ["status", "--porcelain"])
    .split("\n")
    .filter((line) => line !== "" && !/^\?\? release\//.test(line));
  if (changed.length > 0) {
    throw new Refusal(`the build is of ${sha} and of changes beside it:\n${changed.join("\n")}`);
  }
  const waiting = markersIn(folder, true).filter(({ isPromoted }) => !isPromoted);
  if (waiting.length > 0) {
    const lines = waiting.map(({ path, line, text }) => `${path}:${line}: ${text.trim()}`);
    throw new Refusal(
      `not everything is pinned; bun scripts/pin.ts says how:\n${lines.join("\n")}`,
    );
  }
}

function bytesOf(path: string): Uint8Array {
  if (!existsSync(path)) throw new Refusal(`${path} is not there; bun run build makes it`);
  return readFileSync(path);
}

/** A release is written once: the same again is the same, anything else is another build. */
function write(folder: string, sha: string, text: string): void {
  const file = join(folder, manifestPath(sha));
  if (existsSync(file) && readFileSync(file, "utf8") !== text) {
    throw new Refusal(`${manifestPath(sha)} is there and says something else`);
  }
  mkdirSync(join(folder, "release"), { recursive: true });
  writeFileSync(file, text);
}

function tellWorkflow(manifest: Manifest): void {
  const file = process.env["GITHUB_OUTPUT"];
  if (file === undefined) return;
  const lines = [
    `manifest=${JSON.stringify(manifest)}`,
    `worker_object=${manifest.worker.object}`,
    `functions_object=${manifest.functions.object}`,
  ];
  appendFileSync(file, `${lines.join("\n")}\n`);
}

// bun scripts/pin.ts: facts that nobody should invent, looked up.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { topOf, tryGit } from "./shipping/git.ts";
import { type Lookup, lookupOf, type Sources } from "./shipping/lookups.ts";
import { markersIn } from "./shipping/markers.ts";
import { main, Refusal } from "./shipping/refusal.ts";

const help = `Lists what still waits for a fact (PIN_ME), and looks it up:

  bun scripts/pin.ts [--check | --resolve [--owner <name>] [--dry-run]]

  without options  lists every marker and the command that answers it
  --check          fails if one of them ships: a release asks this before it builds
  --resolve        asks GitHub for the commits of actions, and registries for digests, and writes them
  --owner <name>   the repository's owner on GitHub (that of the remote origin)
  --dry-run        prints the lines and writes nothing
  --help           this text

What cannot be reached stays a marker, with what to run by hand.
Exit codes: 0 nothing waits, or listed; 1 something waits still; 64 wrong options.`;

await main(help, async () => {
  const { values } = parseArgs({
    options: {
      check: { type: "boolean", default: false },
      resolve: { type: "boolean", default: false },
      owner: { type: "string" },
      "dry-run": { type: "boolean", default: false },
    },
  });
  const folder = topOf(process.cwd());
  const sources = sourcesOf(folder, values.owner);
  const lookups = markersIn(folder, values.check)
    .filter(({ isPromoted }) => !(values.check && isPromoted))
    .map((marked) => lookupOf(folder, marked, sources));
  if (values.resolve) return await resolveAll(folder, lookups, values["dry-run"]);
  for (const lookup of lookups) console.log(sentenceOf(lookup));
  console.log(`${lookups.length} ${lookups.length === 1 ? "waits" : "wait"} for a fact.`);
  if (values.check && lookups.length > 0) throw new Refusal("not everything that ships is pinned");
});

function sentenceOf({ marked, how }: Lookup): string {
  return `${marked.path}:${marked.line}: ${marked.text.trim()}\n    ${how}`;
}

function sourcesOf(folder: string, owner: string | undefined): Sources {
  const origin = tryGit(folder, ["remote", "get-url", "origin"])?.trim() ?? "";
  const github = process.env["PIN_GITHUB_URL"] ?? "https://github.com";
  const registry = process.env["PIN_REGISTRY_URL"];
  return {
    repositoryOf: (action) => `${github}/${action}`,
    registryOf: (host) =>
      registry ?? `https://${host === "docker.io" ? "registry-1.docker.io" : host}`,
    owner: owner ?? /github\.com[:/]([\w-]+)\//.exec(origin)?.[1],
  };
}

async function resolveAll(folder: string, lookups: readonly Lookup[], isDry: boolean) {
  let waiting = 0;
  for (const lookup of lookups.filter(({ marked }) => !marked.isPromoted)) {
    const { path, line } = lookup.marked;
    try {
      const text = await lookup.resolve();
      console.log(`${path}:${line}: ${text.trim()}`);
      if (!isDry) writeLine(join(folder, path), line, text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      waiting += 1;
      console.error(`${sentenceOf(lookup)}\n    ${error.message}`);
    }
  }
  if (waiting > 0) throw new Refusal(`${waiting} could not be looked up`);
}

function writeLine(file: string, line: number, text: string): void {
  const lines = readFileSync(file, "utf8").split("\n");
  lines[line - 1] = text;
  writeFileSync(file, lines.join("\n"));
}

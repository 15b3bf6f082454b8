// bun scripts/verify-release.ts: is a release signed by our workflow, from the commit that it names?
import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { topOf } from "./shipping/git.ts";
import { manifestPath, releaseOf } from "./shipping/manifest.ts";
import { Misuse, main, Refusal, required } from "./shipping/refusal.ts";

const help = `Verifies signature and provenance of a release with cosign and gh, and prints the digest if all hold:

  bun scripts/verify-release.ts --sha <sha> --repository <owner/name>

  --sha <sha>                the release: release/<sha>.json
  --repository <owner/name>  whose release.yml must have signed it, on main
  --help                     this text

The manifest's own provenance covers the worker and the functions, as it names their hashes.
In a workflow, digest is an output of the step. Exit codes: 0 verified, 1 refused, 64 wrong options.`;

const issuer = "https://token.actions.githubusercontent.com";
const branch = "refs/heads/main";

await main(help, () => {
  const { values } = parseArgs({
    options: { sha: { type: "string" }, repository: { type: "string" } },
  });
  const folder = topOf(process.cwd());
  const sha = required(values.sha, "sha");
  const repository = required(values.repository, "repository");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new Misuse(`${repository} is not owner/name.`);
  const { image, digest } = releaseOf(folder, "HEAD", sha).manifest.web;
  const workflow = `${repository}/.github/workflows/release.yml`;
  must(folder, [
    "cosign",
    "verify",
    `--certificate-identity=https://github.com/${workflow}@${branch}`,
    `--certificate-oidc-issuer=${issuer}`,
    `${image}@${digest}`,
  ]);
  for (const subject of [`oci://${image}@${digest}`, manifestPath(sha)]) {
    must(folder, [
      "gh",
      "attestation",
      "verify",
      subject,
      `--repo=${repository}`,
      `--signer-workflow=${workflow}`,
      `--source-ref=${branch}`,
      `--source-digest=${sha}`,
      "--deny-self-hosted-runners",
    ]);
  }
  console.log(digest);
  const outputs = process.env["GITHUB_OUTPUT"];
  if (outputs !== undefined) appendFileSync(outputs, `digest=${digest}\n`);
});

function must(folder: string, command: readonly string[]): void {
  const [name = "", ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(name, args, {
    cwd: folder,
    encoding: "utf8",
  });
  if (error !== undefined) throw new Refusal(`${name} is not here: ${error.message}`);
  if (status !== 0) throw new Refusal(`${command.join(" ")}\n${stdout}${stderr}`.trim());
}

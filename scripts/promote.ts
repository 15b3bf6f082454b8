// bun scripts/promote.ts: an environment runs another release, by one pull request.
import { parseArgs } from "node:util";
import { commitOf, commitOn, git, topOf, tryGit } from "./shipping/git.ts";
import { manifestPath, type Release, releaseOf } from "./shipping/manifest.ts";
import { type MigrationStep, migrationsBetween } from "./shipping/migrations.ts";
import {
  type Environment,
  environmentOf,
  isEqual,
  isReleased,
  type Pins,
  pinsAt,
  pinsOf,
  releaseWith,
  withPins,
} from "./shipping/pins.ts";
import { open, type Proposal, sayProposal, setBranch } from "./shipping/pull-request.ts";
import { main, Refusal, required } from "./shipping/refusal.ts";

const help = `Makes a branch on which an environment runs another release, and prints its pull request:

  bun scripts/promote.ts --sha <sha> --environment <dev|prod> --verified <sha256:…>
                         [--skip-dev <reason>] [--open] [--dry-run]

  --sha <sha>            the release: release/<sha>.json
  --environment <name>   dev or prod; prod takes what dev runs
  --verified <digest>    the digest of which scripts/verify-release.ts said that it is signed
  --skip-dev <reason>    prod, though dev does not run it; the reason stands in the pull request
  --open                 pushes the branch and opens the pull request with gh
  --dry-run              prints it and makes no branch
  --help                 this text

It changes one digest line and four values, on top of what is checked out, and leaves the working tree alone.
Exit codes: 0 made or running already, 1 refused, 64 wrong options.`;

const commitsMax = 100;

await main(help, () => {
  const { values } = parseArgs({
    options: {
      sha: { type: "string" },
      environment: { type: "string" },
      verified: { type: "string" },
      "skip-dev": { type: "string" },
      open: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
    },
  });
  const folder = topOf(process.cwd());
  const sha = required(values.sha, "sha");
  const environment = environmentOf(required(values.environment, "environment"));
  const release = releaseOf(folder, "HEAD", sha);
  refuseUnsigned(release, values.verified);
  const pins = pinsOf(release.manifest);
  // A workflow passes on an empty field.
  const reason = values["skip-dev"] === "" ? undefined : values["skip-dev"];
  if (environment === "prod") refuseUntried(folder, pins, reason);
  const before = pinsAt(folder, "HEAD", environment);
  if (isEqual(before, pins)) {
    console.log(`${environment} runs ${sha} already: nothing to do.`);
    return;
  }
  const proposal = propose(folder, { environment, release, before, reason });
  if (values["dry-run"]) return sayProposal(proposal);
  sayProposal({ ...proposal, commit: setBranch(folder, proposal) });
  if (values.open) open(folder, proposal);
});

function refuseUnsigned({ manifest }: Release, verified: string | undefined): void {
  const { image, digest } = manifest.web;
  if (verified === digest) return;
  const said = verified === undefined || verified === "" ? "nothing" : verified;
  throw new Refusal(
    `${image}@${digest} is not known to be signed: --verified says ${said}. ` +
      "scripts/verify-release.ts looks, and promote.yml passes on what it says.",
  );
}

function refuseUntried(folder: string, pins: Pins, reason: string | undefined): void {
  if (isEqual(pinsAt(folder, "HEAD", "dev"), pins)) return;
  if (reason === undefined) {
    throw new Refusal('dev does not run it. Promote it there first, or say --skip-dev "why not"');
  }
  if (reason.trim().length < 10) throw new Refusal("--skip-dev wants a reason, in words");
}

interface Step {
  readonly environment: Environment;
  readonly release: Release;
  readonly before: Pins;
  readonly reason: string | undefined;
}

function propose(folder: string, { environment, release, before, reason }: Step): Proposal {
  const { sha } = release.manifest;
  const older = olderOf(folder, before, sha);
  const title = `Promote ${sha.slice(0, 12)} to ${environment}`;
  const body = [
    older === undefined ? `The first release here: ${sha}.` : `From ${older} to ${sha}.`,
    ...(reason === undefined ? [] : [`Not tried in dev: ${reason.trim()}`]),
    commitsBetween(folder, older, sha),
    sentenceOf(older === undefined ? [] : migrationsBetween(folder, older, sha)),
  ].join("\n\n");
  const head = commitOf(folder, "HEAD") ?? "";
  const parent = release.isCommitted
    ? head
    : commitOn(
        folder,
        head,
        [{ path: manifestPath(sha), content: release.text }],
        `Release ${sha.slice(0, 12)}\n`,
      );
  const changes = withPins(folder, head, environment, pinsOf(release.manifest));
  const commit = commitOn(folder, parent, changes, `${title}\n\n${body}\n`);
  return { branch: `promote/${environment}/${sha.slice(0, 12)}`, title, body, commit };
}

/** The release that runs now; a promotion never goes back, as then migrations have to be asked. */
function olderOf(folder: string, before: Pins, sha: string): string | undefined {
  if (!isReleased(before)) return undefined;
  const older = releaseWith(folder, "HEAD", before);
  if (older === undefined) throw new Refusal("what runs there now is no release of release/");
  if (tryGit(folder, ["merge-base", "--is-ancestor", older, sha]) === undefined) {
    throw new Refusal(
      `${sha} is not after ${older}, which runs there: scripts/rollback.ts goes back`,
    );
  }
  return older;
}

function commitsBetween(folder: string, older: string | undefined, newer: string): string {
  if (older === undefined) return "Commits: all.";
  const lines = git(folder, ["log", "--format=    %h %s", `${older}..${newer}`]).trimEnd();
  const all = lines === "" ? [] : lines.split("\n");
  const more = all.length > commitsMax ? [`    … ${all.length - commitsMax} more`] : [];
  return [`Commits (${all.length}):`, "", ...all.slice(0, commitsMax), ...more].join("\n");
}

function sentenceOf(migrations: readonly MigrationStep[]): string {
  if (migrations.length === 0) return "Migrations: none.";
  const lines = migrations.map(
    ({ path, isContracting }) =>
      `    ${path}${isContracting ? " (contracts: no rollback to before it)" : ""}`,
  );
  return [`Migrations (${migrations.length}):`, "", ...lines].join("\n");
}

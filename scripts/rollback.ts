// bun scripts/rollback.ts: an environment runs again what it ran before, by one pull request.
import { parseArgs } from "node:util";
import { commitOf, commitOn, git, topOf, tryGit } from "./shipping/git.ts";
import { releaseOf } from "./shipping/manifest.ts";
import { migrationsBetween } from "./shipping/migrations.ts";
import {
  type Environment,
  environmentOf,
  isEqual,
  isReleased,
  overlayPath,
  type Pins,
  pinsAt,
  pinsOf,
  releaseWith,
  valuesPath,
  withPins,
} from "./shipping/pins.ts";
import { open, sayProposal, setBranch } from "./shipping/pull-request.ts";
import { Misuse, main, Refusal } from "./shipping/refusal.ts";

const help = `Makes a branch on which an environment runs what it ran before, and prints its pull request:

  bun scripts/rollback.ts --environment <dev|prod> [--to <sha>] [--degraded <revision>] [--open] [--dry-run]

  --environment <name>   dev or prod, or the path of its overlay as Argo CD says it
  --to <sha>             a release by its commit, in place of the one before this
  --degraded <revision>  the commit whose canary failed: if something else runs since, nothing is done
  --open                 pushes the branch and opens the pull request with gh
  --dry-run              prints it and makes no branch
  --help                 this text

It changes one digest line and four values back, on top of what is checked out, and leaves the working tree alone.
Exit codes: 0 made or nothing to do, 1 refused, 64 wrong options.`;

await main(help, () => {
  const { values } = parseArgs({
    options: {
      environment: { type: "string" },
      to: { type: "string" },
      degraded: { type: "string" },
      open: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
    },
  });
  const folder = topOf(process.cwd());
  const environment = environmentFrom(values.environment);
  const current = pinsAt(folder, "HEAD", environment);
  const degraded = values.degraded === "" ? undefined : values.degraded;
  if (degraded !== undefined && !runsStill(folder, degraded, environment, current)) {
    console.log(`${environment} runs something else than at ${degraded} by now: nothing to do.`);
    return;
  }
  const to = values.to === "" ? undefined : values.to;
  const target =
    to === undefined
      ? previousOf(folder, environment)
      : pinsOf(releaseOf(folder, "HEAD", to).manifest);
  if (isEqual(current, target)) {
    console.log(`${environment} runs that already: nothing to do.`);
    return;
  }
  const proposal = propose(folder, environment, current, target);
  if (values["dry-run"]) return sayProposal(proposal);
  sayProposal({ ...proposal, commit: setBranch(folder, proposal) });
  if (values.open) open(folder, proposal);
});

function environmentFrom(text: string | undefined): Environment {
  if (text === undefined || text === "") throw new Misuse("--environment is missing.");
  return environmentOf(/^kustomize\/overlays\/([a-z]+)\/?$/.exec(text)?.[1] ?? text);
}

function runsStill(folder: string, revision: string, environment: Environment, current: Pins) {
  const commit = /^[0-9a-f]{40}$/.test(revision) ? commitOf(folder, revision) : undefined;
  if (commit === undefined) throw new Refusal(`${revision} is no commit of this repository`);
  return isEqual(pinsAt(folder, commit, environment), current);
}

/**
 * What ran before what runs now. Going back takes a release off: after A, B and back to A it is not B, which
 * was left for a reason, but what ran before A.
 */
function previousOf(folder: string, environment: Environment): Pins {
  const paths = [overlayPath(environment), valuesPath(environment)];
  const log = git(folder, ["log", "--first-parent", "--reverse", "--format=%H", "--", ...paths]);
  const ran: Pins[] = [];
  for (const commit of log.split("\n").filter((line) => line !== "")) {
    if (paths.some((path) => tryGit(folder, ["cat-file", "-e", `${commit}:${path}`]) === undefined))
      continue;
    const pins = pinsAt(folder, commit, environment);
    if (!isReleased(pins)) continue;
    const earlier = ran.findIndex((each) => isEqual(each, pins));
    if (earlier === -1) ran.push(pins);
    else ran.length = earlier + 1;
  }
  const previous = ran.at(-2);
  if (previous === undefined) {
    throw new Refusal(
      `nothing ran in ${environment} before that could be gone back to; --to names a release`,
    );
  }
  return previous;
}

function propose(folder: string, environment: Environment, current: Pins, target: Pins) {
  const [from, to] = [current, target].map((pins) => releaseWith(folder, "HEAD", pins));
  if (from === undefined || to === undefined) {
    throw new Refusal("what runs there, or what ran before, is no release of release/");
  }
  refuseContracted(folder, to, from);
  const title = `Roll ${environment} back to ${to.slice(0, 12)}`;
  const body = [
    `From ${from} back to ${to}.`,
    "Migrations stay: those between only add, so the older release runs on them.",
  ].join("\n\n");
  const head = commitOf(folder, "HEAD") ?? "";
  const changes = withPins(folder, head, environment, target);
  const commit = commitOn(folder, head, changes, `${title}\n\n${body}\n`);
  return { branch: `rollback/${environment}/${to.slice(0, 12)}`, title, body, commit };
}

function refuseContracted(folder: string, older: string, newer: string): void {
  const contracting = migrationsBetween(folder, older, newer).filter((each) => each.isContracting);
  if (contracting.length === 0) return;
  throw new Refusal(
    [
      `the database no longer has what ${older} needs; these took it away:`,
      ...contracting.map(({ path }) => `  ${path}`),
      "Instead: revert the change of the code by a pull request, release that and promote it; the tables stay",
      "as they are. Only if data was lost: restore the database to the moment before (docs/runbooks), with",
      `this release, then come back here with --to ${older}.`,
    ].join("\n"),
  );
}

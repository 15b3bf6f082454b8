import { spawnSync } from "node:child_process";
import { commitOf, git, isSame, tryGit } from "./git.ts";
import { Refusal } from "./refusal.ts";

export interface Proposal {
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  /** What the branch is at. */
  readonly commit: string;
}

/** Points the branch to its commit; the working tree stays where it is. Twice is once. */
export function setBranch(folder: string, { branch, commit }: Proposal): string {
  const existing = commitOf(folder, `refs/heads/${branch}`);
  if (existing !== undefined && isSame(folder, `refs/heads/${branch}`, commit)) return existing;
  git(folder, ["update-ref", `refs/heads/${branch}`, commit]);
  return commit;
}

/** Pushes the branch and opens its pull request, or brings the one that is open up to date. */
export function open(folder: string, { branch, title, body }: Proposal): void {
  const local = `refs/heads/${branch}`;
  const remote = `refs/remotes/origin/${branch}`;
  tryGit(folder, ["fetch", "--quiet", "origin", `+${local}:${remote}`]);
  const theirs = commitOf(folder, remote) ?? "";
  if (theirs === "" || !isSame(folder, remote, local)) {
    git(folder, ["push", "--quiet", `--force-with-lease=${local}:${theirs}`, "origin", local]);
  }
  const found = gh(folder, ["pr", "list", "--head", branch, "--state", "open", "--json", "number"]);
  const [already] = JSON.parse(found) as { readonly number: number }[];
  const said = ["--title", title, "--body-file", "-"];
  if (already === undefined) gh(folder, ["pr", "create", "--head", branch, ...said], body);
  else gh(folder, ["pr", "edit", String(already.number), ...said], body);
}

function gh(folder: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr, error } = spawnSync("gh", args, {
    cwd: folder,
    input,
    encoding: "utf8",
  });
  if (error !== undefined)
    throw new Refusal(`gh, GitHub's command line, is not here: ${error.message}`);
  if (status !== 0) throw new Refusal(`gh ${args.slice(0, 2).join(" ")}: ${stderr.trim()}`);
  return stdout;
}

export function sayProposal({ branch, title, body, commit }: Proposal): void {
  console.log(`branch: ${branch}\ncommit: ${commit}\ntitle: ${title}\n\n${body}`);
}

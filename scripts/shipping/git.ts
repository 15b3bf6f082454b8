import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";

/** Runs Git in a folder; throws what it says if it fails. */
export function git(
  folder: string,
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly input?: string } = {},
): string {
  const { status, stdout, stderr } = spawnSync("git", args, {
    cwd: folder,
    env: { ...process.env, ...options.env },
    input: options.input ?? "",
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Refusal(`git ${args.slice(0, 2).join(" ")}: ${stderr.trim()}`);
  return stdout;
}

/** The same, or undefined if Git refuses. */
export function tryGit(folder: string, args: readonly string[]): string | undefined {
  try {
    return git(folder, args);
  } catch {
    return undefined;
  }
}

export function topOf(folder: string): string {
  return git(folder, ["rev-parse", "--show-toplevel"]).trim();
}

export function commitOf(folder: string, revision: string): string | undefined {
  return tryGit(folder, ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`])?.trim();
}

/** A file as a commit has it. */
export function fileAt(folder: string, commit: string, path: string): string | undefined {
  return tryGit(folder, ["show", `${commit}:${path}`]);
}

export interface Change {
  readonly path: string;
  readonly content: string;
}

/** Commits files on top of a parent, without touching the working tree, the index or any branch. */
export function commitOn(
  folder: string,
  parent: string,
  changes: readonly Change[],
  message: string,
): string {
  const scratch = mkdtempSync(join(tmpdir(), "banneton-index-"));
  const env = { GIT_INDEX_FILE: join(scratch, "index") };
  try {
    git(folder, ["read-tree", parent], { env });
    for (const { path, content } of changes) {
      const blob = git(folder, ["hash-object", "-w", "--stdin"], { input: content }).trim();
      git(folder, ["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`], { env });
    }
    const tree = git(folder, ["write-tree"], { env }).trim();
    return git(folder, ["commit-tree", tree, "-p", parent, "-F", "-"], { input: message }).trim();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Whether the branch already is what a new commit would be: the same files on the same parent. */
export function isSame(folder: string, branch: string, commit: string): boolean {
  const shape = (revision: string) =>
    tryGit(folder, ["show", "--no-patch", "--format=%T %B", revision]);
  const parent = (revision: string) => commitOf(folder, `${revision}^`);
  if (commitOf(folder, branch) === undefined || shape(branch) !== shape(commit)) return false;
  if (parent(branch) === parent(commit)) return true;
  // A promotion that brings its manifest stands on a commit of its own.
  return (
    shape(`${branch}^`) === shape(`${commit}^`) && parent(`${branch}^`) === parent(`${commit}^`)
  );
}

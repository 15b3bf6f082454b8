import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileAt } from "./git.ts";
import { Refusal } from "./refusal.ts";

/** What one build made, by hash: release/<sha>.json. */
export interface Manifest {
  readonly sha: string;
  readonly web: { readonly image: string; readonly digest: string };
  readonly worker: { readonly object: string; readonly sha256: string };
  readonly functions: { readonly object: string; readonly sha256: string };
}

const hex40 = /^[0-9a-f]{40}$/;
const hex64 = /^[0-9a-f]{64}$/;

export function manifestPath(sha: string): string {
  return `release/${sha}.json`;
}

export function isSha(text: string): boolean {
  return hex40.test(text);
}

export function isDigest(text: string): boolean {
  return text.startsWith("sha256:") && isHash(text.slice("sha256:".length));
}

/** Zeros are what stands in a file before its first release. */
export function isHash(text: string): boolean {
  return hex64.test(text) && !/^0+$/.test(text);
}

export function manifestOf(given: {
  readonly sha: string;
  readonly image: string;
  readonly digest: string;
  readonly worker: Uint8Array;
  readonly functions: Uint8Array;
}): Manifest {
  const worker = sha256(given.worker);
  const functions = sha256(given.functions);
  return {
    sha: given.sha,
    web: { image: given.image, digest: given.digest },
    worker: { object: `worker/${worker}/banneton-worker`, sha256: worker },
    functions: { object: `functions/${functions}.zip`, sha256: functions },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function textOf(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Reads a manifest strictly: what is not exactly one is refused. */
export function parseManifest(text: string, sha: string): Manifest {
  const found = JSON.parse(text) as Manifest;
  const problems: string[] = [];
  if (found.sha !== sha) problems.push("it is of another commit");
  if (!isDigest(found.web?.digest ?? "")) problems.push("web has no digest");
  if (!/^[a-z0-9.-]+(\/[a-z0-9._-]+)+$/.test(found.web?.image ?? ""))
    problems.push("web has no image");
  const { worker, functions } = found;
  if (
    !isHash(worker?.sha256 ?? "") ||
    worker.object !== `worker/${worker.sha256}/banneton-worker`
  ) {
    problems.push("the worker is not named by its hash");
  }
  if (
    !isHash(functions?.sha256 ?? "") ||
    functions.object !== `functions/${functions.sha256}.zip`
  ) {
    problems.push("the functions are not named by their hash");
  }
  if (problems.length === 0 && text !== textOf(inOrder(found)))
    problems.push("it was edited by hand");
  if (problems.length > 0) throw new Refusal(`${manifestPath(sha)}: ${problems.join(", ")}`);
  return found;
}

function inOrder({ sha, web, worker, functions }: Manifest): Manifest {
  return {
    sha,
    web: { image: web.image, digest: web.digest },
    worker: { object: worker.object, sha256: worker.sha256 },
    functions: { object: functions.object, sha256: functions.sha256 },
  };
}

export interface Release {
  readonly manifest: Manifest;
  readonly text: string;
  /** Whether the commit looked at has it; if not, the working tree does. */
  readonly isCommitted: boolean;
}

/** The release of a commit, as `revision` has it or, just written, the working tree. */
export function releaseOf(folder: string, revision: string, sha: string): Release {
  if (!isSha(sha)) throw new Refusal(`${sha} is no whole commit id of 40 hex digits`);
  const path = manifestPath(sha);
  const committed = fileAt(folder, revision, path);
  const file = join(folder, path);
  const text = committed ?? (existsSync(file) ? readFileSync(file, "utf8") : undefined);
  if (text === undefined) throw new Refusal(`there is no release of ${sha}: ${path} is not there`);
  return { manifest: parseManifest(text, sha), text, isCommitted: committed !== undefined };
}

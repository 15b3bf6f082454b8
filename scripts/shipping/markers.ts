import { existsSync, readFileSync } from "node:fs";
import { git } from "./git.ts";

export const marker = "PIN_ME";

export interface Marked {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The digest of an overlay, which the first promotion writes. */
  readonly isPromoted: boolean;
}

// What reaches a machine of ours, or decides what does. compose.yaml and documents do not.
const shipped = [
  "Dockerfile",
  ".github",
  "argocd",
  "kustomize",
  "loadtest",
  "systemd",
  "terraform",
] as const;

/** Lines that still wait for a fact; only of what ships, or of compose.yaml as well. */
export function markersIn(folder: string, isShippedOnly: boolean): readonly Marked[] {
  const places = isShippedOnly ? shipped : [...shipped, "compose.yaml"];
  const listed = git(folder, [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    ...places,
  ]);
  return listed
    .split("\0")
    .filter((path) => path !== "")
    .flatMap((path) => linesOf(folder, path))
    .filter(({ text }) => text.includes(marker));
}

function linesOf(folder: string, path: string): readonly Marked[] {
  const text = readIfText(`${folder}/${path}`);
  const isOverlay = /^kustomize\/overlays\/[a-z]+\/kustomization\.yaml$/.test(path);
  return text.split("\n").map((line, index) => ({
    path,
    line: index + 1,
    text: line,
    isPromoted: isOverlay && line.trim() === `digest: sha256:${marker}`,
  }));
}

function readIfText(path: string): string {
  if (!existsSync(path)) return "";
  return readFileSync(path, "utf8");
}

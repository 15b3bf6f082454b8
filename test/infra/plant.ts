import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findingsOf, type Kind, type Plant } from "./tally.ts";

// What ships the product. Sources are linked to by path where a check needs them, never changed.
const folders = [
  ".github",
  "argocd",
  "kustomize",
  "loadtest",
  "release",
  "scripts",
  "systemd",
  "terraform",
  "docs",
  "Dockerfile",
  ".dockerignore",
  "compose.yaml",
  "package.json",
];

/** The problem if a check does not find the fault that was put into a copy; undefined if it does. */
export async function missed(kind: Kind, plant: Plant, root: string): Promise<string | undefined> {
  const copy = mkdtempSync(join(tmpdir(), "banneton-plant-"));
  try {
    for (const folder of folders) {
      const from = join(root, folder);
      const filter = (path: string) =>
        !/\/(\.terraform|node_modules|\.venv|__pycache__)(\/|$)/.test(path);
      if (existsSync(from)) cpSync(from, join(copy, folder), { recursive: true, filter });
    }
    plant.plant(copy);
    const { failed } = await findingsOf(kind, copy);
    if (failed.size === 0) return "the check is content with it";
    const said = [...failed].map(([what, problem]) => `${what}: ${problem}`).join("\n");
    return plant.caught.test(said) ? undefined : `it fails, but says ${said.slice(0, 2_000)}`;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Replaces text in a file of the copy; throws if it is not there, as then nothing is planted. */
export function replaceIn(root: string, path: string, from: string | RegExp, to: string): void {
  const file = join(root, path);
  const before = readFileSync(file, "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${path} has no ${from}: the plant does nothing`);
  writeFileSync(file, after);
}

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const project = join(import.meta.dir, "..");

/**
 * Installs what the folder's lockfile says, unless the last install already did. Scripts call it
 * before they import anything of node_modules: in a fresh clone there is none.
 */
export function ensureInstalled(folder: string = project): void {
  const stamp = join(folder, "node_modules/.banneton-installed");
  const wanted = createHash("sha256")
    .update(readFileSync(join(folder, "bun.lock")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const { status } = spawnSync(process.execPath, ["install", "--frozen-lockfile"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    console.error("The installation failed; the lines above say why.");
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

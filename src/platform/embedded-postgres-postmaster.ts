import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import {
  type Binaries,
  childEnvironment,
  idsOf,
  type ServerUser,
} from "./embedded-postgres-binaries.ts";
import { pause } from "./pause.ts";

/** A running server of a data folder, ours or one that an earlier process left behind. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

export interface ServerFolder {
  readonly data: string;
  readonly logFile: string;
}

const pollMs = 20;
const startPollsMax = 300_000 / pollMs;
const stopPollsMax = 30_000 / pollMs;
const logBytesMax = 10_000_000;

interface PidFile extends Postmaster {
  readonly status: string;
}

// Lines of postmaster.pid: pid, data folder, start, port, socket folder, address, shared memory,
// status.
function readPidFile(data: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    return { pid, port: Number(lines[3]), status: (lines[7] ?? "").trim() };
  } catch {
    return undefined;
  }
}

/** The server that runs on `data` now; a pid that another program has since is not taken for it. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const found = readPidFile(data);
  if (found === undefined || !isServerOf(found.pid, data)) return undefined;
  return await waitUntilReady(data, found.pid, () => isServerOf(found.pid, data));
}

function isServerOf(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === "linux") return workingFolder(String(pid)) === realpathSync(data);
  try {
    return execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" }).includes(
      data,
    );
  } catch {
    return false;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

// The server and all its children work inside the data folder; a zombie has no working folder.
function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function isInUse(data: string): boolean {
  if (process.platform !== "linux") return false;
  const folder = realpathSync(data);
  return readdirSync("/proc").some((name) => /^\d+$/.test(name) && workingFolder(name) === folder);
}

/**
 * After a crash: waits for the last child, then drops a pid file whose pid is another program's.
 */
async function clearStale(data: string): Promise<void> {
  for (let polls = 0; polls < 500 && isInUse(data); polls++) await pause(pollMs);
  const stale = readPidFile(data);
  if (stale === undefined || isInUse(data)) return;
  if (isAlive(stale.pid) && !isServerOf(stale.pid, data)) {
    rmSync(join(data, "postmaster.pid"), { force: true });
  }
}

export interface StartOptions {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly folder: ServerFolder;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts the server in a session of its own, so that Ctrl-C reaches only us. */
export async function startPostmaster(options: StartOptions): Promise<Postmaster> {
  const { data, logFile } = options.folder;
  await clearStale(data);
  const log = openSync(logFile, isLarge(logFile) ? "w" : "a", 0o600);
  const from = statSync(logFile).size;
  const settings = Object.entries(options.settings).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const child = spawn(
    options.binaries.postgres,
    ["-D", data, "-p", String(options.port), ...settings],
    {
      ...idsOf(options.user),
      cwd: "/",
      env: childEnvironment,
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  closeSync(log);
  child.unref();
  const hasEnded = watch(child);
  const pid = child.pid ?? 0;
  const server = await waitUntilReady(data, pid, () => !hasEnded());
  if (server !== undefined) return server;
  const tail = readFileSync(logFile).subarray(from).toString("utf8").trim();
  throw new Error(`PostgreSQL did not start. Its log, ${logFile}, says:\n${tail}`);
}

function isLarge(file: string): boolean {
  return existsSync(file) && statSync(file).size > logBytesMax;
}

function watch(child: ChildProcess): () => boolean {
  let ended = false;
  const end = () => {
    ended = true;
  };
  child.once("exit", end);
  child.once("error", end);
  return () => ended;
}

async function waitUntilReady(
  data: string,
  pid: number,
  isRunning: () => boolean,
): Promise<Postmaster | undefined> {
  for (let polls = 0; polls < startPollsMax; polls++) {
    const found = readPidFile(data);
    if (found?.pid === pid && found.status === "ready") return { pid, port: found.port };
    if (!isRunning()) return undefined;
    await pause(pollMs);
  }
  return undefined;
}

/**
 * Fast shutdown, then, if it takes over 30 s, an immediate one; never a server of another folder.
 */
export async function stopPostmaster(data: string, pid: number): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (!isServerOf(pid, data)) return;
    process.kill(pid, signal);
    for (let polls = 0; polls < stopPollsMax; polls++) {
      if (!isServerOf(pid, data)) return;
      await pause(pollMs);
    }
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
}

export function interruptPostmaster(data: string, pid: number): void {
  if (isServerOf(pid, data)) process.kill(pid, "SIGINT");
}

import { spawnSync } from "node:child_process";

export interface Ran {
  readonly code: number;
  /** Both streams, in that order. */
  readonly text: string;
  readonly stdout: string;
}

/** Runs a command to its end. */
export function run(
  command: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Record<string, string>;
    readonly input?: string;
  } = {},
): Ran {
  const [name = "", ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(name, args, {
    ...options,
    env: { ...process.env, ...options.env },
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) return { code: 127, text: error.message, stdout: "" };
  return { code: status ?? 1, text: `${stdout}${stderr}`, stdout };
}

let isUpdated = false;

/** The command, installed from Debian's packages if it is not there; undefined if it cannot be. */
export function commandOf(name: string, debianPackage = name): string | undefined {
  const found = Bun.which(name);
  if (found !== null) return found;
  if (Bun.which("apt-get") === null || process.getuid?.() !== 0) return undefined;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  if (!isUpdated) run(["apt-get", "update"], { env });
  isUpdated = true;
  run(["apt-get", "install", "-y", "--no-install-recommends", debianPackage], { env });
  return Bun.which(name) ?? undefined;
}

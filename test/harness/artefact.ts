import { fileURLToPath } from "node:url";
import { startWebProcess, type WebProcess } from "./web-process.ts";

// The artefact, not the sources: what is deployed must run on both.
const root = fileURLToPath(new URL("../..", import.meta.url));

// The command of npm's package installs the binary on first use, but hides it from signals.
const denoCommand = `${root}/node_modules/.bin/deno`;
const deno = `${root}/node_modules/deno/deno`;

export const runtimes = {
  Bun: [process.execPath, "dist/web/main.js"],
  Deno: [deno, "run", "--no-prompt", "-NERSW", "dist/web/main.js"],
} as const;

/** Builds the artefact; both runtimes are there afterwards. */
export async function buildArtefact(): Promise<void> {
  await ended([process.execPath, "scripts/build.ts"]);
  await ended([denoCommand, "--version"]);
}

async function ended(command: string[]): Promise<void> {
  const code = await Bun.spawn(command, { cwd: root, stdout: "ignore" }).exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
}

/** Starts the built web on that runtime and database, on a port of its own. */
export function startArtefact(
  runtime: keyof typeof runtimes,
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<WebProcess> {
  return startWebProcess(databaseUrl, env, runtimes[runtime]);
}

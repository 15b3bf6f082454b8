import { fileURLToPath } from "node:url";

// The artefact, not the sources: what is deployed must run on both.
const root = fileURLToPath(new URL("../..", import.meta.url));

// The command of npm's package installs the binary on first use, but hides it from signals.
const denoCommand = `${root}/node_modules/.bin/deno`;
const deno = `${root}/node_modules/deno/deno`;

export const runtimes = {
  Bun: [process.execPath, "dist/web/main.js"],
  Deno: [deno, "run", "--no-prompt", "-NERS", "dist/web/main.js"],
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

export interface Artefact {
  readonly base: string;
  /** Sends SIGTERM and tells the exit code. */
  stop(): Promise<number>;
  kill(): void;
}

/** Starts the built web on that runtime and database, on a port of its own. */
export async function startArtefact(
  runtime: keyof typeof runtimes,
  databaseUrl: string,
): Promise<Artefact> {
  const child = Bun.spawn([...runtimes[runtime]], {
    cwd: root,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      DATABASE_URL: databaseUrl,
      PORT: "0",
      METRICS_PORT: "0",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const port = await portOf(child.stdout);
  return {
    base: `http://127.0.0.1:${port}`,
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
    kill: () => child.kill("SIGKILL"),
  };
}

/** The port from the line that says it listens; goes on reading so that the pipe never fills. */
async function portOf(output: ReadableStream<Uint8Array>): Promise<number> {
  const reader = output.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the web ended: ${text}`);
    text += decoder.decode(value, { stream: true });
    const port = /"message":"Listening".*?"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) {
      void drain(reader);
      return Number(port);
    }
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

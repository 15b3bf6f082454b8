import { fileURLToPath } from "node:url";
import { withoutLimits } from "./web.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface WebProcess {
  /** `http://127.0.0.1:<port>`. */
  readonly base: string;
  readonly pid: number;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number>;
  kill(): void;
  /** Its exit code, when it has ended for whatever reason. */
  readonly exited: Promise<number>;
  hasExited(): boolean;
}

const fromSource: readonly string[] = [process.execPath, "src/web/main.ts"];

/** A web process of our own on a free port, with real sockets, on that database. */
export async function startWebProcess(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
  command: readonly string[] = fromSource,
): Promise<WebProcess> {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      DATABASE_URL: databaseUrl,
      PORT: "0",
      METRICS_PORT: "0",
      FUNCTIONS_PORT: "0",
      ...withoutLimits,
      ...env,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const port = await portOf(child.stdout);
  return {
    base: `http://127.0.0.1:${port}`,
    pid: child.pid,
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
    kill: () => child.kill("SIGKILL"),
    exited: child.exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
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
    if (port === undefined) continue;
    void drain(reader);
    return Number(port);
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

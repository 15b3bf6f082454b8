import { cachedWorker } from "../../scripts/build-worker.ts";
import { until } from "../faults/schedule.ts";

/** What is deployed, and the same with jobs of the tests' own. */
export const workerEntry = "src/worker/main.ts";
export const testWorkerEntry = "test/harness/test-worker.ts";

export interface WorkerProcess {
  readonly pid: number;
  /** `http://127.0.0.1:<port>` of its health and metrics. */
  readonly base: string;
  /** What it has printed so far. */
  output(): string;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number>;
  kill(): Promise<void>;
  readonly exited: Promise<number>;
}

export interface WorkerOptions {
  readonly entry?: string;
  readonly args?: readonly string[];
  /** In place of the address of the database. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the compiled worker to its end. */
export async function endedWorker(options: WorkerOptions & { readonly url?: string }) {
  const { child, output } = await launch(options.url, options);
  const code = await child.exited;
  return { code, output: await output.ended };
}

/** Starts the compiled worker and waits until it works. */
export async function startWorkerProcess(
  databaseUrl: string,
  options: WorkerOptions = {},
): Promise<WorkerProcess> {
  const { child, output } = await launch(databaseUrl, options);
  const portOf = () => /"message":"Working".*?"port":(\d+)/.exec(output.text())?.[1];
  await until("the worker works", () => {
    if (child.exitCode !== null) throw new Error(`the worker ended: ${output.text()}`);
    return portOf() !== undefined;
  });
  return {
    pid: child.pid,
    base: `http://127.0.0.1:${portOf()}`,
    output: output.text,
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
    exited: child.exited,
  };
}

async function launch(url: string | undefined, options: WorkerOptions) {
  const { entry = workerEntry, args = [], env = {} } = options;
  const child = Bun.spawn([await cachedWorker(entry), ...args], {
    // No sources and no node_modules are near it.
    cwd: "/",
    env: { WORKER_PORT: "0", ...(url === undefined ? {} : { DATABASE_URL: url }), ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return { child, output: collect(child.stdout, child.stderr) };
}

function collect(...streams: readonly ReadableStream<Uint8Array>[]) {
  let text = "";
  const reading = streams.map(async (stream) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  });
  return { text: () => text, ended: Promise.all(reading).then(() => text) };
}

import { fileURLToPath } from "node:url";
import { until } from "../faults/schedule.ts";
import type { TestDatabase } from "./postgres.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export interface StartProcess {
  /** `http://127.0.0.1:<port>` of its web. */
  readonly base: string;
  metrics(): Promise<string>;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number>;
}

/** `banneton start` in a folder of its own, on that database and free ports. */
export async function startAll(
  { appUrl, ownerUrl }: TestDatabase,
  folder: string,
  ...args: string[]
): Promise<StartProcess> {
  const child = Bun.spawn([process.execPath, main, "start", ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: appUrl,
      MIGRATE_DATABASE_URL: ownerUrl,
      PORT: "0",
      METRICS_PORT: "0",
      FUNCTIONS_PORT: "0",
      NO_COLOR: "1",
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let text = "";
  const reading = (async () => {
    for await (const chunk of child.stderr) text += new TextDecoder().decode(chunk);
  })();
  await until("it listens", () => text.includes("Ctrl-C stops it") || child.exitCode !== null);
  const found = (line: RegExp) => line.exec(text)?.[1] ?? text;
  return {
    base: found(/listens on (http\S+)/),
    metrics: async () => (await fetch(found(/metrics\s+(http\S+)/))).text(),
    stop: async () => {
      child.kill("SIGTERM");
      await reading;
      return child.exited;
    },
  };
}

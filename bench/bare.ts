import { join } from "node:path";
import type { Sent } from "./capture.ts";

export interface BareQuery {
  /** Asks for so long and returns the answers a second. */
  run(ms: number): Promise<number>;
  stop(): Promise<void>;
}

export interface BareQueryOrder {
  readonly url: string;
  /** One after the other. */
  readonly sent: readonly Sent[];
  readonly connections: number;
  readonly concurrency: number;
}

/** The bare query through pg, in a process of its own that stays warm between rounds. */
export function openBareQuery(order: BareQueryOrder): BareQuery {
  const program = join(import.meta.dir, "bare-query.ts");
  const child = Bun.spawn([process.execPath, program, JSON.stringify(order)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  return {
    run: async (ms) => {
      child.stdin.write(`${ms}\n`);
      child.stdin.flush();
      const { value, done } = await reader.read();
      if (done) throw new Error("the bare query's process ended");
      return Number(decoder.decode(value));
    },
    stop: async () => {
      child.stdin.end();
      await child.exited;
    },
  };
}

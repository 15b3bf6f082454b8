import { fileURLToPath } from "node:url";
import { ids } from "./bakery.ts";
import { output } from "./tools.ts";

export interface WrkRun {
  readonly program: string;
  readonly base: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface WrkResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const script = fileURLToPath(new URL("requests.lua", import.meta.url));

/** Sells two lines a request; each connection is a till of its own. */
export function wrkSales(run: WrkRun, isHot: boolean): Promise<WrkResult> {
  const { site, tillPrefix, itemPrefix, items } = ids;
  const kind = isHot ? "hot" : "spread";
  const words = ["sale", "/api/v1/sales", site, tillPrefix, itemPrefix, String(items), kind];
  // One thread a connection, as only a thread can have a till of its own.
  return runWrk(run, run.connections, words);
}

export function wrkReads(run: WrkRun, path: string): Promise<WrkResult> {
  return runWrk(run, 1, ["read", path]);
}

async function runWrk(run: WrkRun, threads: number, words: readonly string[]): Promise<WrkResult> {
  const { program, base, connections, seconds } = run;
  const load = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, "--timeout", "10s"];
  const { out } = await output([program, ...load, "-s", script, base, "--", ...words]);
  const line = out.split("\n").find((each) => each.startsWith('{"requests"'));
  if (line === undefined) throw new Error(`wrk printed no result:\n${out}`);
  const { failed, requests, seconds: took, ...percentiles } = JSON.parse(line);
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed`);
  return { requests, perSecond: requests / took, ...percentiles };
}

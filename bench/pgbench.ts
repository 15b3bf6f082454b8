import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PgbenchScript } from "./pgbench-script.ts";
import { output } from "./tools.ts";

export interface PgbenchRun {
  readonly program: string;
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly folder: string;
  /** As the product's connections are set. */
  readonly sessionOptions: string;
}

export interface PgbenchResult {
  readonly perSecond: number;
}

/** New connections prepare, and plan their first executions one by one: that time is not counted. */
const warmUpSeconds = 2;

/** Runs a script with prepared statements; a failed transaction is an error. */
export async function runPgbench(script: PgbenchScript, run: PgbenchRun): Promise<PgbenchResult> {
  const file = join(run.folder, "sale.pgbench");
  await writeFile(file, script.text);
  const constants = { ...script.constants, stem: idStem() };
  const command = [
    run.program,
    ...["-n", "-M", "prepared", "-j", "2", "-P", "1"],
    ...["-c", String(run.clients), "-T", String(warmUpSeconds + run.seconds), "-f", file],
    ...Object.entries(constants).map(([name, value]) => `-D${name}=${value}`),
    run.url,
  ];
  const { out, err } = await output(command, { PGOPTIONS: run.sessionOptions });
  const failed = /number of failed transactions: (\d+)/.exec(out)?.[1];
  if (failed !== "0" || /error|abort/i.test(err)) throw new Error(`pgbench failed:\n${out}${err}`);
  const seconds = [...err.matchAll(/^progress: ([\d.]+) s, ([\d.]+) tps/gm)].map(
    ([, at, perSecond]) => ({ at: Number(at), perSecond: Number(perSecond) }),
  );
  const warm = seconds.filter(({ at }) => at > warmUpSeconds + 0.5).map((each) => each.perSecond);
  if (warm.length === 0) throw new Error(`pgbench printed no progress:\n${out}${err}`);
  return { perSecond: warm.reduce((sum, each) => sum + each, 0) / warm.length };
}

/** The first 13 digits of a UUIDv7 of now; 19 of a number follow. */
function idStem(): string {
  return `${Date.now().toString(16).padStart(12, "0")}7`;
}

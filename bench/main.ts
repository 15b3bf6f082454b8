import { parseWebConfig } from "../src/platform/config.ts";
import type { Bench } from "./bench.ts";
import { openPlace, startWeb } from "./place.ts";
import { paths, prepare } from "./product.ts";
import { measureRead } from "./reads.ts";
import { fullEffort, type Measured, quickEffort } from "./rounds.ts";
import { measureSales, verifyBooks, warmUp } from "./sales.ts";
import { findPgbench, findWrk } from "./tools.ts";

export const help = `bun run bench [--quick] [--json] [--help]

Measures the product over HTTP beside the database's own speed, in turn, in one run:
  sale, sale-hot         POST /api/v1/sales at 32 connections against pgbench running the same SQL
  item-read, stock-read  GET against the bare query through pg
on an embedded PostgreSQL in a temporary folder. Exits 1 if a ratio is under its limit.

  --quick  shorter rounds, under 45 s
  --json   one object a line: { name, value, limit, ratio, unit }
  --help   this text
Needs wrk and pgbench; installs them where it can (Debian, as root).`;

export interface BenchOptions {
  readonly isQuick: boolean;
  readonly isJson: boolean;
}

/** Runs everything; false if a ratio is under its limit. */
export async function runBench({ isQuick, isJson }: BenchOptions): Promise<boolean> {
  const [wrk, pgbench] = [await findWrk(), await findPgbench()];
  const place = await openPlace();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => void place.close().finally(() => process.exit(130)));
  }
  try {
    const captured = await prepare(place);
    const web = await startWeb(place);
    const { poolMax } = parseWebConfig({ DATABASE_URL: place.appUrl }).database;
    const effort = isQuick ? quickEffort : fullEffort;
    try {
      return await measure(
        { place, web, captured, wrk, pgbench, effort, isQuick, poolMax },
        isJson,
      );
    } finally {
      await web.stop();
    }
  } finally {
    await place.close();
  }
}

async function measure(bench: Bench, isJson: boolean): Promise<boolean> {
  const { itemRead, stockRead } = bench.captured;
  const measures = [
    () => measureSales(bench, false),
    () => measureSales(bench, true),
    () => measureRead(bench, "item-read", paths.item, itemRead),
    () => measureRead(bench, "stock-read", paths.stock, stockRead),
  ];
  let isFastEnough = true;
  if (!isJson) console.log(row(["name", "value", "unit", "ratio", "limit", ""]));
  await warmUp(bench);
  for (const each of measures) {
    for (const measured of await each()) {
      const passes = measured.limit === 0 || measured.ratio >= measured.limit;
      isFastEnough &&= passes;
      console.log(isJson ? JSON.stringify(measured) : row(cellsOf(measured, passes)));
    }
  }
  await verifyBooks(bench);
  return isFastEnough;
}

function cellsOf({ name, value, unit, ratio, limit }: Measured, passes: boolean): string[] {
  const verdict = limit === 0 ? "" : passes ? "ok" : "TOO SLOW";
  const shown = limit === 0 ? "" : ratio.toFixed(2);
  return [name, value.toFixed(1), unit, shown, limit === 0 ? "" : String(limit), verdict];
}

const widths = [24, 10, 22, 7, 7, 8];

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(" ")
    .trimEnd();
}

import { parseWebConfig } from "../src/platform/config.ts";
import type { Bench } from "./bench.ts";
import { measureFunctions } from "./functions.ts";
import { measureImport } from "./import.ts";
import { measureLedger } from "./ledger.ts";
import { openPlace, type Place, startWeb } from "./place.ts";
import { paths, prepare } from "./product.ts";
import { measureRead } from "./reads.ts";
import { measureReports } from "./reports.ts";
import { fullEffort, type Measured, quickEffort, type Tell } from "./rounds.ts";
import { measureAuthentication, measureSales, verifyBooks, warmUp } from "./sales.ts";
import { findPgbench, findWrk } from "./tools.ts";
import { measureTrace, millionEdges } from "./trace.ts";

export const help = `bun run bench [--quick] [--json] [--help]

Measures the product over HTTP beside the database's own speed, in turn, in one run:
  sale, sale-hot         POST /api/v1/sales at 32 connections against pgbench running the same SQL
  sale-authenticated     the same against a web that does not ask who calls
  item-read, stock-read  GET against the bare query through pg
and what size costs, on databases of their own:
  ledger                 a sale at 10 thousand to 2 million movements, reads and verify at the last
  trace                  a lot's trace through 1 million edges, compared with a brute-force closure
  import                 a till export of 234,000 rows against COPY of the same rows
  functions              the first answers of a cloud function that has just been started
  reports                a year of 500,000 sales rebuilt, a day after one sale, reads against raw SQL,
                         kept ones against plain Elysia JSON
on an embedded PostgreSQL in a temporary folder. Exits 1 if a ratio is under its limit.

  --only <names>  some of: http, ledger, trace, import, reports, functions; separated by commas
  --quick  shorter rounds and smaller books, under two minutes
  --json   one object a line: { name, value, limit, ratio, unit }
  --help   this text
Needs wrk and pgbench; installs them where it can (Debian, as root).`;

export const parts = ["http", "ledger", "trace", "import", "reports", "functions"] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  readonly isQuick: boolean;
  readonly isJson: boolean;
  readonly only: readonly Part[];
}

/** Runs the parts asked for, one after the other; false if a ratio is under its limit. */
export async function runBench({ isQuick, isJson, only }: BenchOptions): Promise<boolean> {
  let isFastEnough = true;
  if (!isJson) console.log(row(["name", "value", "unit", "ratio", "limit", ""]));
  const tell: Tell = (measured) => {
    const passes = measured.limit === 0 || measured.ratio >= measured.limit;
    isFastEnough &&= passes;
    console.log(isJson ? JSON.stringify(measured) : row(cellsOf(measured, passes)));
  };
  if (only.includes("http")) await measureHttp(isQuick, tell);
  if (only.includes("ledger")) await onPlace((place) => measureLedger(place, isQuick, tell));
  if (only.includes("trace")) await onPlace((place) => tellTrace(place, isQuick, tell));
  if (only.includes("import")) await onPlace((place) => tellImport(place, isQuick, tell));
  if (only.includes("reports")) await onPlace((place) => measureReports(place, isQuick, tell));
  if (only.includes("functions")) await onPlace((place) => measureFunctions(place, tell));
  return isFastEnough;
}

/** On a server of its own, which is gone afterwards whatever happens. */
async function onPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace();
  const end = () => void place.close().finally(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  try {
    await work(place);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, end);
    await place.close();
  }
}

async function tellTrace(place: Place, isQuick: boolean, tell: Tell): Promise<void> {
  const shape = isQuick ? { ...millionEdges, families: 1 } : millionEdges;
  for (const measured of await measureTrace(place, shape)) tell(measured);
}

async function tellImport(place: Place, isQuick: boolean, tell: Tell): Promise<void> {
  for (const measured of await measureImport(place, isQuick ? 20_000 : 234_000)) tell(measured);
}

async function measureHttp(isQuick: boolean, tell: Tell): Promise<void> {
  const [wrk, pgbench] = [await findWrk(), await findPgbench()];
  await onPlace(async (place) => {
    const captured = await prepare(place);
    const web = await startWeb(place);
    const { poolMax } = parseWebConfig({ DATABASE_URL: place.appUrl }).database;
    const effort = isQuick ? quickEffort : fullEffort;
    const bench = { place, web, captured, wrk, pgbench, effort, isQuick, poolMax };
    try {
      await measureRequests(bench, tell);
    } finally {
      await web.stop();
    }
  });
}

async function measureRequests(bench: Bench, tell: Tell): Promise<void> {
  const { itemRead, stockRead } = bench.captured;
  const measures = [
    () => measureSales(bench, false),
    () => measureSales(bench, true),
    () => measureAuthentication(bench),
    () => measureRead(bench, "item-read", paths.item, itemRead),
    () => measureRead(bench, "stock-read", paths.stock, stockRead),
  ];
  await warmUp(bench);
  for (const each of measures) for (const measured of await each()) tell(measured);
  await verifyBooks(bench);
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

import pg from "pg";
import { tillKey } from "./access.ts";
import { ids, itemId, stockAtOpening, tillId } from "./bakery.ts";
import type { Bench } from "./bench.ts";
import { type PgbenchResult, runPgbench } from "./pgbench.ts";
import { saleScript } from "./pgbench-script.ts";
import { startWeb } from "./place.ts";
import { type Measured, median, sideBySide } from "./rounds.ts";
import { type WrkResult, wrkSales } from "./wrk.ts";

const connections = ids.tills;
const limit = 0.5;

/** Lets the web's compiler see what it will be asked. */
export async function warmUp(bench: Bench): Promise<void> {
  const seconds = bench.effort.warmUpSeconds;
  await wrkSales({ program: bench.wrk, base: bench.web.base, connections, seconds }, false);
}

/** Sales over HTTP against pgbench running the same statements, at 32 connections each. */
export async function measureSales(bench: Bench, isHot: boolean): Promise<Measured[]> {
  const name = isHot ? "sale-hot" : "sale";
  const before = await countSales(bench);
  const wrk = (seconds: number) =>
    wrkSales({ program: bench.wrk, base: bench.web.base, connections, seconds }, isHot);
  const rounds = await sideBySide(bench.effort, {
    a: wrk,
    b: (seconds) => pgbench(bench, isHot, false, seconds),
  });
  const told = isHot ? [] : await tellPipelined(bench);
  await checkBooks(bench, before);
  const http = rounds.map(({ a }) => a);
  const bare = rounds.map(({ b }) => b);
  const perSecond = median(http.map((each) => each.perSecond));
  const ofPgbench = median(bare.map((each) => each.perSecond));
  const ratio = median(rounds.map(ratioOf));
  return [
    { name, value: perSecond, limit, ratio, unit: "sales/s over HTTP" },
    { name: `${name}-pgbench`, value: ofPgbench, limit: 0, ratio: 1, unit: "sales/s of pgbench" },
    ...(["p50", "p95", "p99"] as const).map((point) => {
      const value = median(http.map((each) => each[point]));
      return { name: `${name}-${point}`, value, limit: 0, ratio: 0, unit: "ms" };
    }),
    ...told,
  ];
}

function ratioOf({ a, b }: { a: WrkResult; b: PgbenchResult }): number {
  return a.perSecond / b.perSecond;
}

function pgbench(
  bench: Bench,
  isHot: boolean,
  isPipelined: boolean,
  seconds: number,
): Promise<PgbenchResult> {
  const captured = { siteId: ids.site, tillId: tillId(0), itemIds: [itemId(0), itemId(1)] };
  const script = saleScript(bench.captured.sale, captured, { isHot, isPipelined });
  const { appUrl: url, folder } = bench.place;
  const { sessionOptions } = bench.captured;
  const run = { program: bench.pgbench, url, clients: connections, seconds, folder };
  return runPgbench(script, { ...run, sessionOptions });
}

// Who asks is left out of the SQL that pgbench runs: it is measured by itself.
const authenticationLimit = 0.9;

/** Sales of the product against those of the same web that does not ask who calls. */
export async function measureAuthentication(bench: Bench): Promise<Measured[]> {
  const { wrk: program } = bench;
  const unasked = await startWeb(bench.place, {}, [], "bench/unasked.ts");
  const side = (base: string) => (seconds: number) =>
    wrkSales({ program, base, connections, seconds }, false);
  try {
    await side(unasked.base)(bench.effort.warmUpSeconds);
    const { rounds: count, seconds } = bench.effort;
    const rounds = await sideBySide(
      { rounds: 2 * count, seconds },
      { a: side(bench.web.base), b: side(unasked.base) },
    );
    const name = "sale-authenticated";
    const ratio = median(rounds.map(({ a, b }) => a.perSecond / b.perSecond));
    const value = median(rounds.map(({ a }) => a.perSecond));
    const bare = median(rounds.map(({ b }) => b.perSecond));
    return [
      { name, value, limit: authenticationLimit, ratio, unit: "sales/s over HTTP" },
      { name: `${name}-unasked`, value: bare, limit: 0, ratio: 1, unit: "sales/s, nobody asked" },
    ];
  } finally {
    await unasked.stop();
  }
}

/** pgbench with the statements grouped as the product sends them: for information. */
async function tellPipelined(bench: Bench): Promise<Measured[]> {
  if (bench.isQuick) return [];
  const { perSecond } = await pgbench(bench, false, true, bench.effort.seconds);
  const name = "sale-pgbench-pipelined";
  return [{ name, value: perSecond, limit: 0, ratio: 0, unit: "sales/s of pgbench" }];
}

interface Counts {
  readonly sales: number;
  readonly answered: number;
}

// The web counts what it answered; pgbench sells beside it, so SQL counts at least as many.
async function countSales(bench: Bench): Promise<Counts> {
  const answers = await bench.web.countAnswers("/api/v1/sales");
  const others = [...answers].filter(([status]) => status !== "201");
  if (others.length > 0) throw new Error(`sales were refused: ${JSON.stringify(others)}`);
  const row = await ask<{ sales: string }>(bench, "select count(*) as sales from sales.sales");
  return { sales: Number(row.sales), answered: answers.get("201") ?? 0 };
}

/** The product's own check of its books, after all sales of both sides. */
export async function verifyBooks(bench: Bench): Promise<void> {
  const headers = { authorization: `Bearer ${tillKey(0)}` };
  const answer = await fetch(`${bench.web.base}/api/v1/stock/verify?siteId=${ids.site}`, {
    headers,
  });
  const text = await answer.text();
  if (answer.status !== 200 || !text.includes('"isSound":true')) {
    throw new Error(`verify answered ${answer.status}: ${text}`);
  }
}

/** Nothing lost, nothing twice: sales, receipt numbers, stock, balances and layers agree. */
async function checkBooks(bench: Bench, before: Counts): Promise<void> {
  const after = await countSales(bench);
  const acknowledged = after.answered - before.answered;
  const row = await ask<Record<string, string>>(
    bench,
    `select (select count(*) from sales.sales) as sales,
       (select coalesce(sum(stock_quantity), 0) from sales.sale_lines) as sold,
       (select sum(quantity) from stock.balances) as balance,
       (select sum(quantity) from stock.layers) as layer,
       (select sum(quantity) from stock.movements) as moved,
       (select sum(receipt_number) from sites.tills) as numbers`,
  );
  const left = Number(row["balance"]);
  const facts: readonly [string, boolean][] = [
    ["every acknowledged sale exists", after.sales - before.sales >= acknowledged],
    ["each sale has its own receipt number", row["numbers"] === row["sales"]],
    [
      "stock is what was received less what was sold",
      left === stockAtOpening - Number(row["sold"]),
    ],
    [
      "balances, layers and movements agree",
      row["layer"] === row["balance"] && row["moved"] === row["balance"],
    ],
  ];
  const broken = facts.filter(([, holds]) => !holds).map(([fact]) => fact);
  if (broken.length > 0) throw new Error(`broken: ${broken.join("; ")}: ${JSON.stringify(row)}`);
}

async function ask<Row extends pg.QueryResultRow>(bench: Bench, text: string): Promise<Row> {
  const client = new pg.Client(bench.place.ownerUrl);
  await client.connect();
  try {
    const { rows } = await client.query<Row>(text);
    if (rows[0] === undefined) throw new Error("a count returns one row");
    return rows[0];
  } finally {
    await client.end();
  }
}

import { Elysia } from "elysia";
import pg from "pg";
import { addDays, calendarOf } from "../src/cli/demo/calendar.ts";
import { systemCtx } from "../src/cli/terminal.ts";
import { rebuildReports, recomputeDays, touchedDays } from "../src/modules/reports/index.ts";
import { everything } from "../src/platform/cache-shelf.ts";
import { newId } from "../src/platform/id.ts";
import { createWeb, type Web } from "../src/web/app.ts";
import { buildApp } from "../src/web/main.ts";
import { owner, productionEnv } from "./access.ts";
import { postJson } from "./bakery.ts";
import type { Place } from "./place.ts";
import { writeYear, type YearOfSales } from "./reports-books.ts";
import { type Measured, median, sideBySide, type Tell, told } from "./rounds.ts";

const [rebuildSecondsMax, incrementMsMax] = [60, 200];
const [increments, reads] = [40, 40];

/** What reports cost: a year rebuilt, a day after one sale, and a read against the raw query. */
export async function measureReports(place: Place, isQuick: boolean, tell: Tell): Promise<void> {
  const app = buildApp({ ...productionEnv, LOG_LEVEL: "error", DATABASE_URL: place.appUrl });
  try {
    const web = createWeb(app, { authenticate: async () => owner });
    const ctx = systemCtx(app);
    const lastDay = calendarOf("Europe/Dublin").businessDateOf(app.now());
    const size = isQuick ? { days: 56, salesADay: 300 } : { days: 365, salesADay: 685 };
    const year = await writeYear(web.fetch, place.ownerUrl, { ...size, lastDay });
    tell(told("reports-sales", year.sales, "sales"));
    const started = performance.now();
    const days = await rebuildReports(ctx);
    const seconds = (performance.now() - started) / 1000;
    tell(within("reports-rebuild", seconds, rebuildSecondsMax, `s for ${days} days`));
    const again = performance.now();
    await rebuildReports(ctx);
    tell(told("reports-rebuild-again", (performance.now() - again) / 1000, "s"));
    const times = await timesOfIncrements(web, ctx, year);
    tell(within("reports-increment", median(times), incrementMsMax, "ms after a sale"));
    tell(told("reports-increment-max", Math.max(...times), "ms"));
    // What is measured here is computed each time.
    const fresh = async (path: string) => {
      await app.cache.forget([everything]);
      await read(web.fetch, path);
    };
    await tellReads(fresh, place, year, tell);
    await tellCached(web, year, isQuick, tell);
  } finally {
    await app.db.close();
  }
}

function within(name: string, value: number, max: number, unit: string): Measured {
  return { name, value, limit: 1, ratio: max / value, unit };
}

async function timesOfIncrements(
  { fetch }: Web,
  ctx: ReturnType<typeof systemCtx>,
  { siteIds, tillId, itemIds, lastDay }: YearOfSales,
): Promise<number[]> {
  const [siteId = ""] = siteIds;
  const lines = itemIds.slice(0, 2).map((itemId) => ({ itemId, quantity: "1" }));
  const payments = [{ method: "cash", amount: "10.00" }];
  const times: number[] = [];
  for (let n = 0; n < increments; n++) {
    const id = newId();
    await postJson(fetch, "/sales", { id, siteId, tillId, lines, payments });
    const started = performance.now();
    const recordedAt = ctx.now().toISOString();
    const change = { siteId, businessDate: lastDay, subjectId: id, recordedAt };
    await recomputeDays(ctx, await touchedDays(ctx, change));
    if (n >= increments / 5) times.push(performance.now() - started);
  }
  return times;
}

// The same month as the report shows it, from the books.
const raw = `
  select s.business_date, count(distinct s.id), sum(l.net), sum(l.tax), sum(l.total),
    sum(c.cost)
  from sales.sales s join sales.sale_lines l on l.sale_id = s.id
  left join (
    select m.source_line_id, -sum(m.value) as cost from stock.movements m
    where m.source_id in (select id from sales.sales
      where site_id = $1 and business_date between $2 and $3)
    group by 1
  ) c on c.source_line_id = l.id
  where s.site_id = $1 and s.business_date between $2 and $3
    and not exists (select from sales.voids v where v.sale_id = s.id)
  group by 1 order by 1 desc`;

async function tellReads(
  fresh: (path: string) => Promise<void>,
  place: Place,
  year: YearOfSales,
  tell: Tell,
): Promise<void> {
  const [siteId = ""] = year.siteIds;
  const [from, to] = [addDays(year.lastDay, -28), addDays(year.lastDay, -1)];
  const range = `siteId=${siteId}&from=${from}&to=${to}`;
  const paths = {
    "sales-days": `/reports/sales/days?${range}`,
    "sales-items": `/reports/sales/items?${range}&limit=200`,
    "best-sellers": `/reports/best-sellers?${range}`,
    "best-sellers-year": `/reports/best-sellers?siteId=${siteId}`,
    averages: `/reports/averages?${range}`,
    "average-items": `/reports/averages/items?siteId=${siteId}&on=${to}`,
    valuation: `/reports/valuation?${range}`,
  };
  const client = new pg.Client(place.appUrl);
  await client.connect();
  const rawMs = await timeOf(5, () => client.query(raw, [siteId, from, to]));
  await client.end();
  tell(told("report-raw-query", rawMs, "ms over the books"));
  for (const [name, path] of Object.entries(paths)) {
    const ms = await timeOf(reads, () => fresh(path));
    const isSame = name === "sales-days";
    tell({
      ...told(`report-${name}`, ms, "ms"),
      ...(isSame ? { limit: 1, ratio: rawMs / ms } : {}),
    });
  }
}

async function timeOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const started = performance.now();
    await work();
    if (n >= count / 5) times.push(performance.now() - started);
  }
  return median(times);
}

type Fetch = (request: Request) => Promise<Response>;

async function read(fetch: Fetch, path: string): Promise<string> {
  const answer = await fetch(new Request(`http://localhost/api/v1${path}`));
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${text}`);
  return text;
}

const cachedRatioMin = 0.5;
const warmUpRounds = 8;

/** A report that is kept, with all doors it goes through, beside Elysia alone with the same JSON. */
async function tellCached(
  web: Web,
  year: YearOfSales,
  isQuick: boolean,
  tell: Tell,
): Promise<void> {
  const [siteId = ""] = year.siteIds;
  const range = `siteId=${siteId}&from=${addDays(year.lastDay, -28)}`;
  const paths = {
    "cached-report": `/reports/sales/days?${range}`,
    "cached-report-large": `/reports/sales/items?${range}&limit=200`,
  };
  for (const [name, path] of Object.entries(paths)) {
    const text = await read(web.fetch, path);
    const body = JSON.parse(text) as object;
    const plain = new Elysia().get(`/api/v1${path.split("?")[0]}`, () => body);
    const rates = (fetch: Fetch) => perSecond(isQuick ? 500 : 1_000, () => read(fetch, path));
    const effort = { rounds: isQuick ? 5 : 11, seconds: 1 };
    const sides = {
      a: () => rates(web.fetch),
      b: () => rates(async (request) => plain.fetch(request)),
    };
    // What serves for days is compiled: the first thousands of reads are not.
    await sideBySide({ ...effort, rounds: warmUpRounds }, sides);
    const rounds = await sideBySide(effort, sides);
    const kilobytes = (text.length / 1_000).toFixed(1);
    tell({
      name,
      value: median(rounds.map(({ a }) => a)),
      limit: cachedRatioMin,
      ratio: median(rounds.map(({ a, b }) => a / b)),
      unit: `reads/s of ${kilobytes} kB`,
    });
    tell(told(`${name}-elysia`, median(rounds.map(({ b }) => b)), "reads/s"));
  }
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < count; n++) await work();
  return (count * 1_000) / (performance.now() - started);
}

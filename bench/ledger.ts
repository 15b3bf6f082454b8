import pg from "pg";
import { addDays, calendarOf } from "../src/cli/demo/calendar.ts";
import { setUp, taxFrom, tillIdsOf } from "../src/cli/demo/setup.ts";
import { type DemoShop, shops, zone } from "../src/cli/demo/shops.ts";
import { itemId, siteId } from "../src/cli/demo/world.ts";
import { livePeriod, openPeriods, periodDays } from "../src/cli/demo/years.ts";
import { systemCtx } from "../src/cli/terminal.ts";
import { newId } from "../src/platform/id.ts";
import { createWeb, type Web } from "../src/web/app.ts";
import { buildApp } from "../src/web/main.ts";
import { owner, productionEnv } from "./access.ts";
import { postJson } from "./bakery.ts";
import type { Place } from "./place.ts";
import { median, type Tell, told } from "./rounds.ts";

const sizes = { full: [10_000, 100_000, 1_000_000, 2_000_000], quick: [10_000, 50_000] } as const;
const goods = ["sourdough", "croissant"] as const;
const site = siteId(shops[0] as DemoShop);
const [salesAtOnce, readsAtOnce] = [500, 30];

/** What a growing ledger costs: a sale at each size, then reads, a trace and `verify` at the last. */
export async function measureLedger(place: Place, isQuick: boolean, tell: Tell): Promise<void> {
  const app = buildApp({
    ...productionEnv,
    LOG_LEVEL: "error",
    DATABASE_URL: place.appUrl,
    DATABASE_STATEMENT_TIMEOUT_MS: "120000",
  });
  try {
    const web = createWeb(app, { authenticate: async () => owner });
    const steps = isQuick ? sizes.quick : sizes.full;
    const ledger = await openLedger(app, place, steps.at(-1) ?? 0);
    const till = await openTill(web);
    for (const size of steps) {
      const speed = await ledger.growTo(size);
      if (speed > 0) tell(told(`ledger-made-to-${size}`, speed, "movements/s"));
      tell(told(`sale-at-${size}`, await timeOfSale(web, till), "ms"));
    }
    await tellReads(web, place, tell);
    tell(told("verify", await timeOfVerify(web), "s"));
    await ledger.close();
  } finally {
    await app.db.close();
  }
}

interface Ledger {
  /** Copies as many movements as are missing; movements a second, 0 if none was. */
  growTo(movements: number): Promise<number>;
  close(): Promise<void>;
}

async function openLedger(
  app: ReturnType<typeof buildApp>,
  place: Place,
  largest: number,
): Promise<Ledger> {
  const ctx = systemCtx(app);
  const calendar = calendarOf(zone);
  const periods = Math.ceil(largest / 8_000);
  const firstDay = addDays(calendar.businessDateOf(app.now()), -periods * periodDays - 7);
  await taxFrom(ctx, firstDay);
  await setUp({ ...ctx, now: () => calendar.at(firstDay, 0) });
  const worldOf = (of: DemoShop) => {
    return { shop: of, calendar, firstDay, siteId: siteId(of), tillIds: tillIdsOf(of) };
  };
  await Promise.all(shops.map((each) => livePeriod(ctx, worldOf(each))));
  const perPeriod = await countMovements(place);
  const past = { calendar, firstDay, periods };
  const repetition = await openPeriods(app.db, { connectionString: place.ownerUrl }, past);
  let copies = 0;
  return {
    growTo: async (movements) => {
      const wanted = Math.min(Math.ceil(movements / perPeriod) - 1, periods - 1);
      if (wanted <= copies) return 0;
      const started = performance.now();
      await repetition.add(copies + 1, wanted);
      const seconds = (performance.now() - started) / 1000;
      const made = (wanted - copies) * perPeriod;
      copies = wanted;
      await asOwner(place, "vacuum analyze");
      return made / seconds;
    },
    close: repetition.close,
  };
}

async function asOwner<Row extends pg.QueryResultRow>(place: Place, sql: string): Promise<Row[]> {
  const client = new pg.Client(place.ownerUrl);
  await client.connect();
  const { rows } = await client.query<Row>(sql).finally(() => client.end());
  return rows;
}

async function countMovements(place: Place): Promise<number> {
  const sql = "select count(*)::integer as count from stock.movements";
  return (await asOwner<{ count: number }>(place, sql))[0]?.count ?? 0;
}

interface Till {
  readonly tillId: string;
}

/** A till of our own, and more to sell than the bench will: dated now, behind all that is copied. */
async function openTill({ fetch }: Web): Promise<Till> {
  const { id: tillId } = await postJson(fetch, "/tills", { siteId: site, name: "Bench" });
  const lines = goods.map((name) => {
    return { itemId: itemId(name), quantity: "1000000", totalCost: "1000000.00" };
  });
  await postJson(fetch, "/receipts", { siteId: site, lines });
  return { tillId };
}

async function timeOfSale({ fetch }: Web, { tillId }: Till): Promise<number> {
  const lines = goods.map((name) => ({ itemId: itemId(name), quantity: "1" }));
  const payments = [{ method: "cash", amount: "50.00" }];
  return timeOf(salesAtOnce, () =>
    postJson(fetch, "/sales", { id: newId(), siteId: site, tillId, lines, payments }),
  );
}

/** The median in milliseconds, the first fifth left out. */
async function timeOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const started = performance.now();
    await work();
    if (n >= count / 5) times.push(performance.now() - started);
  }
  return median(times);
}

async function read({ fetch }: Web, path: string): Promise<{ isSound?: boolean }> {
  const answer = await fetch(new Request(`http://localhost/api/v1${path}`));
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

interface Busiest {
  readonly item_id: string;
  readonly site_id: string;
  readonly first: string;
  readonly middle: string;
  readonly last: string;
}

/** The item with the most movements, and the lot that went into most others. */
async function tellReads(web: Web, place: Place, tell: Tell): Promise<void> {
  const [pair] = await asOwner<Busiest>(
    place,
    `select item_id, site_id, (min(effective_at) + interval '30 days')::text as first,
       (min(effective_at) + (max(effective_at) - min(effective_at)) / 2)::text as middle,
       (max(effective_at) - interval '30 days')::text as last
     from stock.movements group by item_id, site_id order by count(*) desc limit 1`,
  );
  const [used] = await asOwner<{ lot_id: string }>(
    place,
    `select l.lot_id from stock.genealogy g join stock.layers l on l.id = g.consumed_layer_id
     group by l.lot_id order by count(*) desc limit 1`,
  );
  if (pair === undefined || used === undefined) throw new Error("the ledger is empty");
  const balance = `/stock?itemId=${pair.item_id}&siteId=${pair.site_id}`;
  const asOf = (at: string) => `${balance}&asOf=${encodeURIComponent(new Date(at).toISOString())}`;
  const paths = {
    balance,
    "balance-as-of-first-month": asOf(pair.first),
    "balance-as-of-middle": asOf(pair.middle),
    "balance-as-of-last-month": asOf(pair.last),
    "trace-forward": `/stock/lots/${used.lot_id}/trace?direction=forward`,
  };
  for (const [name, path] of Object.entries(paths)) {
    tell(told(name, await timeOf(readsAtOnce, () => read(web, path)), "ms"));
  }
}

async function timeOfVerify(web: Web): Promise<number> {
  const started = performance.now();
  const { isSound } = await read(web, "/stock/verify");
  if (isSound !== true) throw new Error("the books do not hold after the bench");
  return (performance.now() - started) / 1000;
}

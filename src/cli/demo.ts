import { changeSite, getSite, listSites } from "#modules/sites/index.ts";
import type { App, Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import type { Reach } from "#platform/trusted-ca.ts";
import { addDays, calendarOf } from "./demo/calendar.ts";
import { demoKey } from "./demo/credentials.ts";
import { month } from "./demo/month.ts";
import { admitPeople } from "./demo/people.ts";
import { firstDayOf, setUp, taxFrom, tillIdsOf, unfinishedMark } from "./demo/setup.ts";
import { type DemoShop, shops, zone } from "./demo/shops.ts";
import { siteId, type World } from "./demo/world.ts";
import { livePeriod, periodDays, periodsIn, repeatPeriods } from "./demo/years.ts";
import { systemCtx } from "./terminal.ts";

/**
 * What a database holds: nothing, a demo that was not finished, a whole demo, or somebody's own
 * data.
 */
export type DemoState = "empty" | "unfinished" | "finished" | "foreign";

export async function demoState(app: App): Promise<DemoState> {
  const ctx = systemCtx(app);
  // The last site to get its name is the last to be finished.
  const names = await Promise.all(shops.map((shop) => nameOf(ctx, siteId(shop))));
  if (names.every((name) => name === undefined)) {
    const { data } = await listSites(ctx, { limit: 1 });
    return data.length === 0 ? "empty" : "foreign";
  }
  const isWhole = names.every((name) => name !== undefined && !name.endsWith(unfinishedMark));
  return isWhole ? "finished" : "unfinished";
}

async function nameOf(ctx: Ctx, id: string): Promise<string | undefined> {
  try {
    return (await getSite(ctx, id)).name;
  } catch (error) {
    if (error instanceof AppError && error.kind === "not_found") return undefined;
    throw error;
  }
}

/** Years before the demo's own month; they are written as the owner, like a restored backup. */
export interface DemoLength {
  readonly years?: number;
  readonly owner?: Reach;
}

/**
 * Makes the demo bakery through the services, as of then, oldest first: a month of deliveries,
 * runs, sales, waste and counts at two sites, up to now; and before it, if asked, years made of one
 * such period. Everything has an id or a key of its own,
 * so a seed that was killed goes on where it stopped, and one that was finished changes nothing.
 */
export async function seedDemo(
  app: App,
  say: (sentence: string) => void,
  { years = 0, owner }: DemoLength = {},
): Promise<void> {
  const ctx = systemCtx(app);
  const now = app.now();
  const calendar = calendarOf(zone);
  const monthBegins = await firstDayOf(ctx, calendar);
  const periods = owner === undefined ? 0 : periodsIn(years);
  const firstDay = addDays(monthBegins, -periods * periodDays);
  const morning = calendar.at(firstDay, 0);
  await setUp({ ...ctx, now: () => morning });
  say(`Opened ${shops.map((shop) => shop.name).join(" and ")} on ${firstDay}.`);
  const worldOf = (shop: DemoShop, begins: string): World => {
    return { shop, calendar, firstDay: begins, siteId: siteId(shop), tillIds: tillIdsOf(shop) };
  };
  if (owner !== undefined && periods > 0) {
    await taxFrom(ctx, firstDay);
    await all(shops.map((shop) => livePeriod(ctx, worldOf(shop, firstDay))));
    await repeatPeriods(app.db, owner, { calendar, firstDay, periods }, say);
  }
  await all(shops.map((shop) => live(ctx, worldOf(shop, monthBegins), now, say)));
  await admitPeople(ctx, say);
  const key = await demoKey(ctx);
  for (const shop of shops) await giveName(ctx, shop);
  if (key !== undefined) say(`API key with every permission, shown this once: ${key}`);
}

/** Waits for all of them, also when one fails: none goes on behind the caller's back. */
async function all(works: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  for (const each of ended) if (each.status === "rejected") throw each.reason;
}

const daysASentence = 10;

async function live(
  ctx: Ctx,
  world: World,
  now: Date,
  say: (sentence: string) => void,
): Promise<void> {
  let said = world.firstDay;
  let days = 0;
  for (const { at, record } of month(world)) {
    if (at > now) return;
    const day = world.calendar.businessDateOf(at);
    if (day !== said) {
      days += 1;
      said = day;
      if (days % daysASentence === 0) say(`${world.shop.name}: ${day}`);
    }
    await record({ ...ctx, now: () => at });
  }
}

async function giveName(ctx: Ctx, shop: DemoShop): Promise<void> {
  const { id, name, version } = await getSite(ctx, siteId(shop));
  if (!name.endsWith(unfinishedMark)) return;
  await changeSite(ctx, { id, version, patch: { name: shop.name } });
}

import { listBalances, recordWaste } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Db, statement } from "#platform/db.ts";
import type { Reach } from "#platform/trusted-ca.ts";
import { addDays, dayMs } from "./calendar.ts";
import { demoId } from "./identity.ts";
import { month } from "./month.ts";
import { openRepetition, type Repetition } from "./repetition.ts";
import { zone } from "./shops.ts";
import type { World } from "./world.ts";

/** Whole weeks, so that a Sunday stays a Sunday. */
export const periodDays = 28;

export function periodsIn(years: number): number {
  return Math.round((years * 365) / periodDays);
}

/** The steps of a period that begins on the world's first day and leaves its shelves empty. */
export async function livePeriod(ctx: Ctx, world: World): Promise<void> {
  const lastDay = addDays(world.firstDay, periodDays - 1);
  for (const { at, record } of month({ ...world, lastDay })) {
    if (world.calendar.businessDateOf(at) > lastDay) break;
    await record({ ...ctx, now: () => at });
  }
  await clearShelves(ctx, world, lastDay);
}

async function clearShelves(ctx: Ctx, { calendar, shop, siteId }: World, lastDay: string) {
  const at = calendar.at(lastDay, 23 * 60);
  // As of then: when they were cleared before, nothing is left of that day.
  const { data } = await listBalances(ctx, { siteId, limit: 200, asOf: at.toISOString() });
  const left = data.filter(({ quantity }) => quantity !== "0");
  if (left.length === 0) return;
  const key = `clear ${shop.key} ${lastDay}`;
  const lines = left.map(({ itemId, quantity }) => ({ itemId, quantity }));
  const input = { id: demoId(key, at.getTime()), siteId, reason: "Shelves cleared", lines };
  await recordWaste({ ...ctx, now: () => at }, key, input);
}

const salesBetween = statement(
  "demo_sales_between",
  `select exists (select from sales.sales where business_date >= $1 and business_date < $2)
     as "isThere"`,
);

export interface Past extends Pick<World, "calendar" | "firstDay"> {
  readonly periods: number;
}

/**
 * Repeats the first period until the demo's own month begins. Copies that are there already stay:
 * they come all together or not at all.
 */
export async function repeatPeriods(
  db: Db,
  owner: Reach,
  past: Past,
  say: (sentence: string) => void,
): Promise<void> {
  const copies = past.periods - 1;
  const next = addDays(past.firstDay, periodDays);
  const values = [next, addDays(next, periodDays)];
  const [found] = await db.run<{ isThere: boolean }>(salesBetween, values);
  if (copies < 1 || found?.isThere === true) return;
  const repetition = await openPeriods(db, owner, past);
  try {
    await repetition.add(1, copies, (copy) => {
      say(`Copied ${copy} of ${copies} periods of ${periodDays} days`);
    });
  } finally {
    await repetition.close();
  }
}

/** The period in the books, ready to be copied behind itself. */
export function openPeriods(
  db: Db,
  owner: Reach,
  { calendar, firstDay, periods }: Past,
): Promise<Repetition> {
  const end = new Date(calendar.at(addDays(firstDay, periodDays), 0).getTime() + dayMs);
  const period = { zone, days: periodDays, end, copies: periods - 1 };
  return openRepetition(db, owner, period);
}

import type { Ctx } from "#platform/context.ts";
import type { ItemName } from "./bakes.ts";
import type { Calendar } from "./calendar.ts";
import { demoId } from "./identity.ts";
import type { DemoShop } from "./shops.ts";

/** Something that happened at a shop, to be put on the books as of then. */
export interface Step {
  readonly at: Date;
  record(ctx: Ctx): Promise<unknown>;
}

/** What planning a shop's month needs to know; no clock and no database. */
export interface World {
  readonly shop: DemoShop;
  readonly calendar: Calendar;
  readonly firstDay: string;
  /** Nothing is ordered for later; without it the shop goes on. */
  readonly lastDay?: string;
  readonly siteId: string;
  readonly tillIds: readonly string[];
}

const masterDataMs = Date.UTC(2026, 0, 1);

/** The id of what the demo sets up once; the same in every demo. */
export function fixedId(name: string, order = 0): string {
  return demoId(name, masterDataMs + order);
}

export const itemId = (name: ItemName): string => fixedId(`item ${name}`);
export const recipeId = (name: ItemName): string => fixedId(`recipe ${name}`);
export const siteId = (shop: DemoShop): string => fixedId(`site ${shop.key}`);

/** Amounts of the plan as the services take them: at most 6 decimals, no noise. */
export function amountText(amount: number): string {
  return String(Number(amount.toFixed(3)));
}

export function moneyOf(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

interface Batch {
  amount: number;
  readonly expiresOn: string;
}

const never = "9999-12-31";

/** What the baker believes is on the shelves; it decides what is baked, ordered and sold. */
export class Shelves {
  private readonly batches = new Map<ItemName, Batch[]>();

  /** All of it, or what is still good after a day. */
  of(name: ItemName, after = ""): number {
    const good = this.batchesOf(name).filter((batch) => batch.expiresOn > after);
    return good.reduce((sum, batch) => sum + batch.amount, 0);
  }

  /** What came in, or, below 0, what went: the first to expire goes first. */
  add(name: ItemName, amount: number, expiresOn = never): void {
    const batches = this.batchesOf(name);
    if (amount >= 0) {
      batches.push({ amount, expiresOn });
      batches.sort((a, b) => (a.expiresOn < b.expiresOn ? -1 : 1));
      return;
    }
    let left = -amount;
    for (const batch of batches) {
      const taken = Math.min(Math.max(batch.amount, 0), left);
      batch.amount -= taken;
      left -= taken;
    }
    if (left > 0) batches.push({ amount: -left, expiresOn: never });
  }

  take(needs: Iterable<readonly [ItemName, number]>): void {
    for (const [name, amount] of needs) this.add(name, -amount);
  }

  set(name: ItemName, amount: number): void {
    this.add(name, amount - this.of(name));
  }

  /** Takes what is past its date off the shelves; how much of what. */
  clear(day: string): Map<ItemName, number> {
    const gone = new Map<ItemName, number>();
    for (const [name, batches] of this.batches) {
      const isPast = (batch: Batch) => batch.expiresOn < day;
      const amount = batches.filter(isPast).reduce((sum, batch) => sum + batch.amount, 0);
      if (amount > 0) gone.set(name, amount);
      this.batches.set(
        name,
        batches.filter((batch) => !isPast(batch) && batch.amount !== 0),
      );
    }
    return gone;
  }

  private batchesOf(name: ItemName): Batch[] {
    const batches = this.batches.get(name) ?? [];
    this.batches.set(name, batches);
    return batches;
  }
}

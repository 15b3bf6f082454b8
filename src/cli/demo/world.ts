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

/** What the baker believes is on the shelves; it decides what is baked, ordered and sold. */
export class Shelves {
  private readonly amounts = new Map<ItemName, number>();

  of(name: ItemName): number {
    return this.amounts.get(name) ?? 0;
  }

  add(name: ItemName, amount: number): void {
    this.amounts.set(name, this.of(name) + amount);
  }

  take(needs: Iterable<readonly [ItemName, number]>): void {
    for (const [name, amount] of needs) this.add(name, -amount);
  }

  set(name: ItemName, amount: number): void {
    this.amounts.set(name, amount);
  }
}

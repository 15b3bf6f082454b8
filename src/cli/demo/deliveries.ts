import { recordReceipt, recordWaste } from "#modules/stock/index.ts";
import { type BakeName, type CounterName, type ItemName, roughNeeds } from "./bakes.ts";
import { addDays, daysBetween, weekdayOf } from "./calendar.ts";
import { chanceOf, demoId } from "./identity.ts";
import { bakesOf } from "./kitchen.ts";
import {
  type Material,
  type MaterialName,
  materials,
  type SupplierName,
  suppliers,
} from "./pantry.ts";
import {
  amountText,
  fixedId,
  itemId,
  moneyOf,
  type Shelves,
  type Step,
  type World,
} from "./world.ts";

export const supplierId = (name: SupplierName): string => fixedId(`supplier ${name}`);

const drinksASale: readonly (readonly [CounterName, number])[] = [
  ["sandwich", 0.25],
  ["cappuccino", 0.35],
  ["americano", 0.2],
];

/** What a usual week takes of everything that is bought. */
export function weeklyUse(world: World): Map<ItemName, number> {
  const use = new Map<ItemName, number>();
  for (const [weekday, sales] of world.shop.salesByWeekday.entries()) {
    for (const [bake, pieces] of bakesOf(world, weekday)) roughNeeds(bake, pieces, new Set(), use);
    const baguette = new Set<ItemName>(["baguette" satisfies BakeName]);
    for (const [name, rate] of drinksASale) roughNeeds(name, sales * rate, baguette, use);
  }
  return use;
}

const bought = Object.entries(materials) as [MaterialName, Material][];
const freshDays = { order: 3, par: 5 };
const dryDays = { order: 7, par: 16 };

/** Orders what runs low, and fills the shelves before the first day; one delivery a supplier. */
export function* deliveries(
  world: World,
  day: string,
  shelves: Shelves,
  minutes: number,
): Generator<Step> {
  const use = weeklyUse(world);
  const orders = new Map<SupplierName, Ordered[]>();
  for (const [name, material] of bought) {
    const daily = (use.get(name) ?? 0) / 7;
    if (material.bought === undefined || daily === 0) continue;
    const usual = material.category === "chilled" ? freshDays : dryDays;
    const daysLeft = world.lastDay === undefined ? usual.par : daysBetween(day, world.lastDay);
    const [order, par] = [Math.min(usual.order, daysLeft), Math.min(usual.par, daysLeft)];
    const lasting = shelves.of(name, addDays(day, order));
    if (lasting >= daily * order) continue;
    const { from, holds, keepsDays } = material.bought;
    const packs = Math.ceil((daily * par - lasting) / holds);
    const keeps = keepsDays === undefined ? undefined : addDays(day, keepsDays - (packs % 3));
    shelves.add(name, packs * holds, keeps);
    const line = { name, bought: material.bought, packs, expiresOn: keeps };
    orders.set(from, [...(orders.get(from) ?? []), line]);
  }
  let after = minutes;
  for (const [from, lines] of orders) {
    after += 1;
    yield delivery(world, day, after, { from, lines });
  }
}

interface Ordered {
  readonly name: MaterialName;
  readonly bought: NonNullable<Material["bought"]>;
  readonly packs: number;
  readonly expiresOn: string | undefined;
}

interface Order {
  readonly from: SupplierName;
  readonly lines: readonly Ordered[];
}

function delivery(world: World, day: string, minutes: number, { from, lines }: Order): Step {
  const { shop, calendar, siteId } = world;
  const at = calendar.at(day, minutes);
  const key = `receipt ${shop.key} ${day} ${from}`;
  const chance = chanceOf(key);
  const stamp = day.replaceAll("-", "").slice(2);
  const input = {
    id: demoId(key, at.getTime()),
    siteId,
    supplierId: supplierId(from),
    reference: `${suppliers[from].slice(0, 3).toUpperCase()}-${stamp}-${chance.between(100, 999)}`,
    lines: lines.map(({ name, bought, packs, expiresOn }, index) => {
      const cents = Math.round((packs * bought.cents * chance.between(98, 104)) / 100);
      return {
        itemId: itemId(name),
        quantity: amountText(packs),
        unit: bought.pack,
        totalCost: moneyOf(cents),
        supplierLot: `${stamp}-${index + 1}${String.fromCharCode(65 + chance.between(0, 25))}`,
        ...(expiresOn === undefined ? {} : { expiresOn }),
      };
    }),
  };
  return { at, record: (ctx) => recordReceipt(ctx, key, input) };
}

/** What is past its date is thrown away before the night's work; crumbs stay on the books. */
export function* pastDates(world: World, day: string, shelves: Shelves): Generator<Step> {
  const { shop, calendar, siteId } = world;
  const lines = [...shelves.clear(day)].flatMap(([name, amount]) => {
    const whole = Math.floor(amount * 50) / 50;
    return whole > 0 ? [{ itemId: itemId(name), quantity: amountText(whole) }] : [];
  });
  if (lines.length === 0) return;
  const at = calendar.at(day, 4 * 60 + 1);
  const key = `past dates ${shop.key} ${day}`;
  const input = { id: demoId(key, at.getTime()), siteId, reason: "Past its date", lines };
  yield { at, record: (ctx) => recordWaste(ctx, key, input) };
}

/** Eggs break. */
export function* mishap(world: World, day: string, shelves: Shelves): Generator<Step> {
  if (weekdayOf(day) !== 4) return;
  const { shop, calendar, siteId } = world;
  const at = calendar.at(day, 13 * 60 + 35.5);
  const key = `mishap ${shop.key} ${day}`;
  const eggs = chanceOf(key).between(2, 6);
  shelves.add("eggs", -eggs);
  const lines = [{ itemId: itemId("eggs"), quantity: amountText(eggs) }];
  const input = { id: demoId(key, at.getTime()), siteId, reason: "Tray dropped", lines };
  yield { at, record: (ctx) => recordWaste(ctx, key, input) };
}

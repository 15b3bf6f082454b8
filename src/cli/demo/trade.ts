import { type NewSale, ringUpSale, voidSale } from "#modules/sales/index.ts";
import { type BakeName, type CounterName, products, roughNeeds } from "./bakes.ts";
import { weekdayOf } from "./calendar.ts";
import { type Chance, chanceOf, demoId } from "./identity.ts";
import { pickUp } from "./kitchen.ts";
import { busyByHour, demand, partOfDay } from "./shops.ts";
import { amountText, itemId, moneyOf, type Shelves, type Step, type World } from "./world.ts";

type Sold = BakeName | CounterName;
type Basket = Map<Sold, number>;

interface Ticket {
  readonly key: string;
  readonly minutes: number;
  readonly basket: Basket;
  readonly chance: Chance;
  readonly sellsThrough?: boolean;
}

/** Sales between two times, in order; now and then one is voided at once. */
export function* trade(
  world: World,
  day: string,
  shelves: Shelves,
  times: readonly number[],
): Generator<Step> {
  for (const minutes of times) {
    const key = `sale ${world.shop.key} ${day} ${minutes}`;
    const chance = chanceOf(key);
    const basket = fill(world, shelves, chance, minutes);
    if (basket.size === 0) continue;
    const { step, sale } = ring(world, day, { key, minutes, basket, chance });
    if (chance.next() >= 0.012) {
      leave(shelves, basket);
      yield step;
      continue;
    }
    yield step;
    const reason = "Rung up by mistake";
    const at = world.calendar.at(day, minutes + 0.5);
    const request = { saleId: sale.id, key: `void ${key}`, reason };
    yield { at, record: (ctx) => voidSale(ctx, request) };
  }
}

/** When customers come on that day, by the hours' own rush; each in a minute of their own. */
export function timesOf({ shop }: World, day: string): number[] {
  const chance = chanceOf(`${shop.key} customers ${day}`);
  const usual = shop.salesByWeekday[weekdayOf(day)] ?? 0;
  const count = Math.round(usual * (0.88 + chance.next() * 0.24));
  const hours = busyByHour.map((weight, index) => ({ weight, from: (index + 6) * 60 }));
  const open = hours.filter(({ from }) => from >= shop.opens && from < shop.closes);
  const times = new Set<number>();
  while (usual > 0 && times.size < count) {
    const hour = chance.pick(open, ({ weight }) => weight);
    times.add((hour?.from ?? shop.opens) + chance.between(0, 59));
  }
  return [...times].sort((a, b) => a - b);
}

const sizes = [
  { lines: 1, weight: 45 },
  { lines: 2, weight: 35 },
  { lines: 3, weight: 15 },
  { lines: 4, weight: 5 },
];

function fill({ shop }: World, shelves: Shelves, chance: Chance, minutes: number): Basket {
  const part = partOfDay(minutes);
  const names = Object.keys(demand) as Sold[];
  const offered = names.filter((name) => name in counters || shop.bakes.includes(name as BakeName));
  const basket: Basket = new Map();
  const wanted = chance.pick(sizes, ({ weight }) => weight)?.lines ?? 1;
  for (let line = 0; line < wanted; line++) {
    const name = chance.pick(offered, (each) => demand[each][part]);
    const asked = name === "roll" ? chance.between(2, 6) : piecesOf(chance);
    if (name === undefined || basket.has(name)) continue;
    const pieces = Math.min(asked, onOffer(shelves, basket, name));
    if (pieces > 0) basket.set(name, pieces);
  }
  return basket;
}

const counters = { sandwich: true, cappuccino: true, americano: true };

function piecesOf(chance: Chance): number {
  const luck = chance.next();
  if (luck < 0.75) return 1;
  return luck < 0.95 ? 2 : 3;
}

/** How many there are, less what is in the basket already. */
function onOffer(shelves: Shelves, basket: Basket, name: Sold): number {
  if (name in counters) {
    const parts = roughNeeds(name, 1, new Set(["baguette"]));
    const taken = basket.get("baguette") ?? 0;
    const each = [...parts]
      .filter(([part]) => part !== "water")
      .map(([part, amount]) => {
        return Math.floor((shelves.of(part) - (part === "baguette" ? taken : 0)) / amount / 1.1);
      });
    return Math.min(...each);
  }
  const inSandwiches = name === "baguette" ? (basket.get("sandwich") ?? 0) * 0.5 : 0;
  return Math.floor(shelves.of(name) - inSandwiches);
}

function leave(shelves: Shelves, basket: Basket): void {
  for (const [name, pieces] of basket) {
    if (name in counters) shelves.take(roughNeeds(name, pieces, new Set(["baguette"])));
    else shelves.add(name, -pieces);
  }
}

function ring(world: World, day: string, ticket: Ticket): { step: Step; sale: NewSale } {
  const { calendar, siteId, tillIds } = world;
  const { key, minutes, basket, chance, sellsThrough = false } = ticket;
  const at = calendar.at(day, minutes);
  const cents = [...basket].reduce(
    (sum, [name, pieces]) => sum + (products[name].cents ?? 0) * pieces,
    0,
  );
  const tillId = tillIds[chance.between(0, tillIds.length - 1)];
  const sale: NewSale = {
    id: demoId(key, at.getTime()),
    siteId,
    ...(tillId === undefined ? {} : { tillId }),
    onShort: sellsThrough ? "record" : "refuse",
    lines: [...basket].map(([name, pieces]) => {
      return { itemId: itemId(name), quantity: amountText(pieces) };
    }),
    payments: [payment(cents, chance)],
  };
  return { sale, step: { at, record: (ctx) => ringUpSale(ctx, sale) } };
}

const notes = [500, 1000, 2000, 5000, 10_000];

function payment(cents: number, chance: Chance): NewSale["payments"][number] {
  const note = notes.find((each) => each >= cents);
  if (note === undefined || chance.next() < 0.62) return { method: "card", amount: moneyOf(cents) };
  return { method: "cash", amount: moneyOf(note) };
}

/** The café around the corner fetches its bread. */
export function* earlyPickUp(world: World, day: string, shelves: Shelves): Generator<Step> {
  if (!world.shop.hasPickUp) return;
  const basket: Basket = new Map();
  for (const [bake, pieces] of Object.entries(pickUp) as [BakeName, number][]) {
    basket.set(bake, Math.min(pieces, Math.floor(shelves.of(bake))));
  }
  leave(shelves, basket);
  const key = `pick-up ${world.shop.key} ${day}`;
  yield ring(world, day, { key, minutes: 4 * 60 + 20, basket, chance: chanceOf(key) }).step;
}

/**
 * A party takes more croissants than the books know: the tray was out of the oven before its run.
 */
export function* soldThrough(
  world: World,
  day: string,
  shelves: Shelves,
  minutes: number,
): Generator<Step> {
  const pieces = Math.max(Math.floor(shelves.of("croissant")), 0) + 2;
  const basket: Basket = new Map([["croissant", pieces]]);
  leave(shelves, basket);
  const key = `party ${world.shop.key} ${day}`;
  const ticket = { key, minutes, basket, chance: chanceOf(key), sellsThrough: true };
  yield ring(world, day, ticket).step;
}

import { recordRun } from "#modules/production/index.ts";
import { recordCount, recordWaste } from "#modules/stock/index.ts";
import {
  type BakeName,
  type DoughName,
  type ItemName,
  type ProductName,
  roughNeeds,
} from "./bakes.ts";
import { weekdayOf } from "./calendar.ts";
import { type Chance, chanceOf, demoId } from "./identity.ts";
import { busyByHour, demand, partOfDay } from "./shops.ts";
import { amountText, itemId, recipeId, type Shelves, type Step, type World } from "./world.ts";

const doughs: ReadonlySet<ItemName> = new Set<DoughName>(["levain", "poolish", "laminated"]);
export const pickUp: Partial<Record<BakeName, number>> = { baguette: 16, sourdough: 5 };
const secondBake: readonly BakeName[] = ["baguette", "croissant"];
const linesASale = 1.8;
const spare = 1.07;

/** What is baked on a weekday: what is usually asked for, and a little more. */
export function bakesOf({ shop }: World, weekday: number): Map<BakeName, number> {
  const sales = shop.salesByWeekday[weekday] ?? 0;
  const planned = new Map<BakeName, number>();
  if (sales === 0) return planned;
  for (const bake of shop.bakes) {
    const halves = bake === "baguette" ? usualShare("sandwich") / 2 : 0;
    const pieces = bake === "roll" ? 4 : 1.3;
    const asked = sales * linesASale * (usualShare(bake) * pieces + halves * 1.3);
    const fetched = shop.hasPickUp ? (pickUp[bake] ?? 0) : 0;
    planned.set(bake, Math.ceil((asked * spare + fetched) / 2) * 2);
  }
  return planned;
}

/** How much of what is asked for in a day is this. */
function usualShare(name: keyof typeof demand): number {
  const busy = [0, 0, 0];
  for (const [index, weight] of busyByHour.entries()) {
    const part = partOfDay((index + 6) * 60);
    busy[part] = (busy[part] ?? 0) + weight;
  }
  const all = busy.reduce((sum, weight) => sum + weight, 0);
  return busy.reduce((share, weight, part) => {
    const asked = Object.values(demand).reduce((sum, weights) => sum + (weights[part] ?? 0), 0);
    return share + ((weight / all) * (demand[name][part] ?? 0)) / asked;
  }, 0);
}

/** The night's work: preferments and doughs first, then everything for the opening. */
export function* nightBakes(world: World, day: string, shelves: Shelves): Generator<Step> {
  const planned = bakesOf(world, weekdayOf(day));
  const chance = chanceOf(`${world.shop.key} night ${day}`);
  const first = new Map(
    [...planned].map(([bake, pieces]) => [bake, firstPart(world, bake, pieces)]),
  );
  const forDough = new Map<ItemName, number>();
  for (const [bake, pieces] of first) roughNeeds(bake, pieces, doughs, forDough);
  let minutes = 4 * 60 + 2;
  for (const dough of doughs) {
    // A little less than is needed: the runs make the rest on the way.
    const kilos = Math.floor((forDough.get(dough) ?? 0) * 9) / 10;
    if (kilos === 0) continue;
    minutes += 0.5;
    yield run(world, day, minutes, { makes: dough as DoughName, planned: kilos });
  }
  for (const [bake, pieces] of first) {
    minutes += 1;
    yield bakeOff(world, day, minutes, { bake, pieces, shelves, chance });
  }
}

function firstPart({ shop }: World, bake: BakeName, pieces: number): number {
  const isTwice = shop.hasPickUp && secondBake.includes(bake);
  const fetched = pickUp[bake] ?? 0;
  return isTwice ? fetched + Math.ceil((pieces - fetched) / 2) : pieces;
}

export const secondBakeAt = 10 * 60 + 30;

/** Fresh baguettes and croissants for the second half of the morning. */
export function* morningBakes(world: World, day: string, shelves: Shelves): Generator<Step> {
  const planned = bakesOf(world, weekdayOf(day));
  const chance = chanceOf(`${world.shop.key} morning ${day}`);
  let minutes = secondBakeAt;
  for (const bake of secondBake) {
    const all = planned.get(bake) ?? 0;
    const pieces = all - firstPart(world, bake, all);
    if (pieces === 0) continue;
    minutes += 0.2;
    yield bakeOff(world, day, minutes, { bake, pieces, shelves, chance });
  }
}

interface BakeOff {
  readonly bake: BakeName;
  readonly pieces: number;
  readonly shelves: Shelves;
  readonly chance: Chance;
}

function bakeOff(world: World, day: string, minutes: number, off: BakeOff): Step {
  const { bake, pieces, shelves, chance } = off;
  const isBurnt = chance.next() < 0.02;
  const lost = isBurnt ? Math.ceil(pieces / 8) : chance.next() < 0.3 ? chance.between(1, 2) : 0;
  const actual = Math.max(pieces - lost, 1);
  shelves.take(roughNeeds(bake, pieces));
  shelves.add(bake, actual);
  return run(world, day, minutes, { makes: bake, planned: pieces, actual });
}

interface RunOf {
  readonly makes: ProductName;
  readonly planned: number;
  readonly actual?: number;
}

function run({ shop, calendar, siteId }: World, day: string, minutes: number, of: RunOf): Step {
  const at = calendar.at(day, minutes);
  const { makes, planned, actual = planned } = of;
  const key = `run ${shop.key} ${day} ${minutes} ${makes}`;
  const input = {
    id: demoId(key, at.getTime()),
    siteId,
    recipeId: recipeId(makes),
    plannedOutput: amountText(planned),
    actualOutput: amountText(actual),
    explodeShortage: true,
  };
  return { at, record: (ctx) => recordRun(ctx, { key, input }) };
}

/** What is left when the door closes goes to the food bank. */
export function* closing(world: World, day: string, shelves: Shelves): Generator<Step> {
  const { shop, calendar, siteId } = world;
  const left = shop.bakes.filter((bake) => shelves.of(bake) > 0);
  if (left.length === 0) return;
  const at = calendar.at(day, shop.closes + 10);
  const key = `closing ${shop.key} ${day}`;
  const lines = left.map((bake) => ({
    itemId: itemId(bake),
    quantity: amountText(shelves.of(bake)),
  }));
  for (const bake of left) shelves.set(bake, 0);
  const input = {
    id: demoId(key, at.getTime()),
    siteId,
    reason: "Left at closing, to the food bank",
    lines,
  };
  yield { at, record: (ctx) => recordWaste(ctx, key, input) };
}

const counted: readonly ItemName[] = ["strong", "sugar", "butter"];

/** Once a week a few sacks are weighed: a little less than believed, seldom a little more. */
export function* weeklyCount(world: World, day: string, shelves: Shelves): Generator<Step> {
  if (weekdayOf(day) !== 0) return;
  const { shop, calendar, siteId } = world;
  const chance = chanceOf(`${shop.key} count ${day}`);
  const at = calendar.at(day, shop.closes + 30);
  const key = `count ${shop.key} ${day}`;
  const lines = counted.map((name) => {
    const found = Math.floor(shelves.of(name) * (1 - chance.between(-5, 20) / 2000) * 20) / 20;
    shelves.set(name, found);
    return { itemId: itemId(name), counted: amountText(found) };
  });
  const input = { id: demoId(key, at.getTime()), siteId, lines };
  yield { at, record: (ctx) => recordCount(ctx, key, input) };
}

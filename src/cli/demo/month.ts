import { addDays } from "./calendar.ts";
import { deliveries, mishap, pastDates } from "./deliveries.ts";
import { closing, morningBakes, nightBakes, secondBakeAt, weeklyCount } from "./kitchen.ts";
import { earlyPickUp, soldThrough, timesOf, trade } from "./trade.ts";
import { Shelves, type Step, type World } from "./world.ts";

const firstDelivery = 4 * 60;
const usualDelivery = 14 * 60;

/** Everything that happens at a shop from the first day on, in order of time; endless. */
export function* month(world: World): Generator<Step> {
  const shelves = new Shelves();
  for (let index = 0; ; index++) {
    const day = addDays(world.firstDay, index);
    if (index === 0) yield* deliveries(world, day, shelves, firstDelivery - 10);
    const times = timesOf(world, day);
    if (times.length > 0) yield* openDay(world, { day, index, times, shelves });
  }
}

interface OpenDay {
  readonly day: string;
  readonly index: number;
  readonly times: readonly number[];
  readonly shelves: Shelves;
}

function* openDay(world: World, { day, index, times, shelves }: OpenDay): Generator<Step> {
  const between = (from: number, to: number) => {
    return trade(
      world,
      day,
      shelves,
      times.filter((each) => each >= from && each < to),
    );
  };
  yield* pastDates(world, day, shelves);
  yield* nightBakes(world, day, shelves);
  yield* earlyPickUp(world, day, shelves);
  yield* between(0, secondBakeAt - 2);
  if (index === world.shop.shortDay) yield* soldThrough(world, day, shelves, secondBakeAt - 1);
  yield* morningBakes(world, day, shelves);
  yield* between(secondBakeAt + 1, 13 * 60 + 35);
  yield* mishap(world, day, shelves);
  yield* between(13 * 60 + 36, usualDelivery);
  yield* deliveries(world, day, shelves, usualDelivery);
  yield* between(usualDelivery + 6, 24 * 60);
  yield* closing(world, day, shelves);
  yield* weeklyCount(world, day, shelves);
}

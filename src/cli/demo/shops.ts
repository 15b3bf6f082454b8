import type { BakeName, CounterName } from "./bakes.ts";

export type ShopName = "mill" | "harbour";

export interface DemoShop {
  readonly key: ShopName;
  readonly name: string;
  readonly tills: readonly string[];
  /** Sales by weekday, Sunday first; 0 is closed. */
  readonly salesByWeekday: readonly number[];
  /** Minutes after midnight. */
  readonly opens: number;
  readonly closes: number;
  readonly bakes: readonly BakeName[];
  /** A café fetches bread before the door opens. */
  readonly hasPickUp: boolean;
  /** The day, counted from the first, on which croissants are sold before they are on the books. */
  readonly shortDay: number | undefined;
}

export const zone = "Europe/Dublin";

export const shops: readonly DemoShop[] = [
  {
    key: "mill",
    name: "Mill Street Bakery",
    tills: ["Till 1", "Till 2"],
    salesByWeekday: [44, 36, 38, 40, 42, 54, 70],
    opens: 7 * 60,
    closes: 18 * 60,
    bakes: [
      "sourdough",
      "baguette",
      "tin",
      "roll",
      "croissant",
      "painChocolat",
      "cinnamonBun",
      "scone",
      "cookie",
    ],
    hasPickUp: true,
    shortDay: 19,
  },
  {
    key: "harbour",
    name: "Harbour Corner",
    tills: ["Till 1"],
    salesByWeekday: [30, 0, 24, 25, 26, 32, 40],
    opens: 8 * 60,
    closes: 17 * 60,
    bakes: ["sourdough", "baguette", "croissant", "painChocolat", "scone", "cookie"],
    hasPickUp: false,
    shortDay: undefined,
  },
];

/** How often a customer asks for it: before eleven, around noon, later. */
export const demand: Readonly<Record<BakeName | CounterName, readonly [number, number, number]>> = {
  sourdough: [9, 8, 9],
  baguette: [10, 8, 12],
  tin: [6, 5, 6],
  roll: [7, 8, 4],
  croissant: [16, 3, 2],
  painChocolat: [10, 3, 3],
  cinnamonBun: [6, 4, 7],
  scone: [5, 4, 6],
  cookie: [2, 5, 7],
  sandwich: [1, 16, 2],
  cappuccino: [14, 8, 8],
  americano: [8, 5, 4],
};

/** How busy each hour is, from six in the morning. */
export const busyByHour = [2, 6, 10, 9, 6, 6, 10, 9, 5, 5, 6, 5];

export const partOfDay = (minutes: number): 0 | 1 | 2 => {
  if (minutes < 11 * 60) return 0;
  return minutes < 14.5 * 60 ? 1 : 2;
};

import { writeFileSync } from "node:fs";

const articles = [
  "TRADITIONAL BAGUETTE",
  "COUPE",
  "BAGUETTE",
  "BANETTE",
  "CROISSANT",
  "PAIN AU CHOCOLAT",
  "FORMULE SANDWICH",
  "CEREAL BAGUETTE",
  "SPECIAL BREAD",
  "PAIN AUX RAISINS",
  "ÉCLAIR",
  "BRIOCHE À TÊTE",
  "VIK BREAD",
  "GRAND FAR BRETON",
];
const prices = ["0,90 €", "0,15 €", "1,20 €", "1,10 €", "2,40 €", "5,50 €", "1 012,05 €"];

export interface TillFileOptions {
  readonly lines: number;
  readonly seed?: number;
  readonly dates?: "ymd" | "dmy";
  readonly isMarked?: boolean;
}

/** A small random generator: the same seed, the same numbers. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/**
 * An export as a French bakery's till writes it: decimal commas and currency signs in quotes, returns,
 * zero prices, an article named ".", space and case variants, gaps in ticket numbers, closed days.
 */
export function* tillFileRows(options: TillFileOptions): Generator<string> {
  const { lines, seed = 1, dates = "ymd", isMarked = false } = options;
  const random = randomOf(seed);
  yield `${isMarked ? "\u{FEFF}" : ""},date,time,ticket_number,article,Quantity,unit_price\r\n`;
  let [ticket, day, minute, left] = [150_040, 0, 8 * 60, 0];
  let when = "";
  for (let line = 0; line < lines; line++) {
    if (left === 0) {
      left = 1 + random(3);
      ticket += 1 + (random(40) === 0 ? random(5) : 0);
      minute += random(4);
      if (minute > 19 * 60) {
        minute = 7 * 60;
        day += 1;
        // Closed on Wednesdays.
        while (new Date(Date.UTC(2021, 0, 2 + day)).getUTCDay() === 3) day += 1;
      }
      const [year, month, date] = new Date(Date.UTC(2021, 0, 2 + day))
        .toISOString()
        .slice(0, 10)
        .split("-");
      const clock = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
      when = `${dates === "ymd" ? `${year}-${month}-${date}` : `${date}/${month}/${year}`},${clock}`;
    }
    left -= 1;
    yield `${line},${when},${ticket},${articleAt(random)},${random(180) === 0 ? -1 : 1 + random(3)}.0,"${priceAt(random)}"\r\n`;
  }
}

function articleAt(random: (below: number) => number): string {
  if (random(2_000) === 0) return ".";
  const name = articles[Math.min(random(articles.length), random(articles.length))] ?? "";
  const variant = random(30);
  if (variant === 0) return `${name} `;
  return variant === 1 ? `${name.slice(0, 1)}${name.slice(1).toLowerCase()}` : name;
}

function priceAt(random: (below: number) => number): string {
  if (random(7_000) === 0) return "0,00 €";
  return prices[Math.min(random(prices.length), random(prices.length))] ?? "0,90 €";
}

/** The file in memory; thousands of lines, not millions. */
export function tillFile(options: TillFileOptions): string {
  return [...tillFileRows(options)].join("");
}

/** Writes a file of any length. */
export function writeTillFile(path: string, options: TillFileOptions): void {
  writeFileSync(path, tillFile(options));
}

import type { FlagCode } from "./flags.ts";

/** One spelling of an article, in the order of the file. */
export interface Spelling {
  readonly position: number;
  /** As the till writes it, space and case included. */
  readonly spelling: string;
  readonly name: string;
  readonly key: string;
  readonly looseKey: string;
  readonly isOdd: boolean;
  readonly isBroken: boolean;
  lines: number;
}

const nameLengthMax = 120;
const spellingLengthMax = 300;

/** An article's name without needless space. */
export function articleName(spelling: string): string {
  return spelling.trim().replace(/\s+/g, " ");
}

/** What spellings of one article have in common: all but space and case. */
export function articleKey(spelling: string): string {
  return articleName(spelling).normalize("NFC").toLowerCase();
}

/** What names share that may mean the same: all but accents, punctuation and the order of words. */
function looseKeyOf(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return (
    plain
      .match(/[\p{L}\p{N}]+/gu)
      ?.sort()
      .join(" ") ?? name
  );
}

/** The spellings of one file; the first line of each gives it its position. */
export class Spellings {
  readonly list: Spelling[] = [];
  readonly #known = new Map<string, Spelling>();
  readonly #placeholders: ReadonlySet<string>;

  constructor(placeholders: readonly string[]) {
    this.#placeholders = new Set(placeholders.map(articleKey));
  }

  /** The spelling, or why it names no article. */
  take(given: string): Spelling | FlagCode {
    const known = this.#known.get(given);
    if (known !== undefined) {
      known.lines += 1;
      return known;
    }
    const name = articleName(given);
    const key = articleKey(given);
    if (this.#placeholders.has(key)) return "placeholder";
    if (name === "") return "article";
    if (given.includes("\0")) return "text";
    if (name.length > nameLengthMax || given.length > spellingLengthMax) return "article_too_long";
    const isOdd = !/[\p{L}\p{N}]/u.test(name);
    const isBroken = /[\r\n]/.test(given.trim());
    const position = this.list.length;
    const spelling = { position, spelling: given, name, key, looseKey: looseKeyOf(name) };
    const counted: Spelling = { ...spelling, isOdd, isBroken, lines: 1 };
    this.#known.set(given, counted);
    this.list.push(counted);
    return counted;
  }
}

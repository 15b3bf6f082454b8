import { ids } from "./bakery.ts";
import type { Sent } from "./capture.ts";

/** A statement and the types PostgreSQL gives its parameters. */
export interface Typed extends Sent {
  readonly types: readonly string[];
}

/** A script for pgbench and the constants it needs, given by -D. */
export interface PgbenchScript {
  readonly text: string;
  readonly constants: Readonly<Record<string, string>>;
}

export interface ScriptOptions {
  readonly isHot: boolean;
  /** Groups of statements that travel together, as the product sends them; one by one without. */
  readonly isPipelined: boolean;
}

/** The ids of the captured sale that other sales replace by their own. */
export interface SaleIds {
  readonly siteId: string;
  readonly tillId: string;
  readonly itemIds: readonly string[];
}

/**
 * Turns the statements of one real sale into a pgbench script: the same texts, in the same order.
 * Ids of tills and items become random ones, ids made for this sale fresh ones; all else is as sent.
 * An id is prefix || number: PostgreSQL joins the two, the one thing it does here beyond the product's.
 */
export function saleScript(
  sent: readonly Typed[],
  sale: SaleIds,
  options: ScriptOptions,
): PgbenchScript {
  const terms = new Terms(sale);
  const statements = sent.map(({ text, values, types }) => {
    const term = (n: number) => terms.of(values[n - 1], types[n - 1] ?? "text");
    return `${text.replace(/\$(\d+)/g, (_, n) => term(Number(n))).trim()};`;
  });
  return {
    text: [...variables(options, terms.freshCount), ...grouped(statements, options), ""].join("\n"),
    constants: { ...terms.constants, n: "0", till: ids.tillPrefix, item: ids.itemPrefix },
  };
}

function variables({ isHot }: ScriptOptions, freshCount: number): string[] {
  const spread = ids.items - 1;
  return [
    `\\set n :n + 1`,
    `\\set fresh 1000000000000000000 + :n * 1000000000 + :client_id * 1000000 + random(0, 999) * 100`,
    ...Array.from({ length: freshCount }, (_, k) => `\\set fresh${k} :fresh + ${k}`),
    `\\set till_number ${ids.first} + :client_id`,
    `\\set first random(0, ${spread - 1})`,
    `\\set item_number1 ${ids.first} + (:first + random(1, ${spread - 1})) % ${spread}`,
    `\\set item_number0 ${ids.first} + ${isHot ? spread : ":first"}`,
  ];
}

// The product sends BEGIN with its first statement, what follows the prices at once, and COMMIT with
// the stored answer.
function grouped(statements: readonly string[], { isPipelined }: ScriptOptions): readonly string[] {
  if (!isPipelined) return statements;
  const groups = [
    statements.slice(0, 2),
    statements.slice(2, 3),
    statements.slice(3, -2),
    statements.slice(-2),
  ];
  return groups.flatMap((group) => ["\\startpipeline", ...group, "\\endpipeline"]);
}

/** How each value is written in the script. */
class Terms {
  readonly constants: Record<string, string> = {};
  readonly #known = new Map<string, string>();
  #freshCount = 0;

  constructor({ tillId, itemIds, siteId }: SaleIds) {
    this.#known.set(tillId, joined("till", "till_number"));
    for (const [index, id] of itemIds.entries()) {
      this.#known.set(id, joined("item", `item_number${index}`));
    }
    this.#known.set(siteId, this.#constant(siteId));
  }

  get freshCount(): number {
    return this.#freshCount;
  }

  /** The cast fixes the parameter's type where its place alone would not. */
  of(value: unknown, type: string): string {
    // "character" without a length would be character(1).
    return `${this.#term(value)}::${type === "character" ? "bpchar" : type}`;
  }

  #term(value: unknown): string {
    if (isId(value)) return this.#id(value);
    if (!Array.isArray(value) || !value.some(isId)) return this.#constant(textOf(value));
    return `array[${value.map((each) => `${this.#term(each)}::uuid`).join(", ")}]`;
  }

  #id(value: string): string {
    const known = this.#known.get(value) ?? joined("stem", `fresh${this.#freshCount++}`);
    this.#known.set(value, known);
    return known;
  }

  #constant(text: string | null): string {
    if (text === null) return "null";
    const found = Object.entries(this.constants).find(([, value]) => value === text);
    if (found !== undefined) return `:${found[0]}`;
    const name = `c${Object.keys(this.constants).length}`;
    this.constants[name] = text;
    return `:${name}`;
  }
}

function joined(prefix: string, number: string): string {
  return `(:${prefix}::text || :${number}::text)`;
}

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isId(value: unknown): value is string {
  return typeof value === "string" && idPattern.test(value);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (!Array.isArray(value)) return String(value);
  const quoted = (each: unknown) => `"${String(each).replaceAll(/["\\]/g, "\\$&")}"`;
  return `{${value.map((each) => (each === null || each === undefined ? "NULL" : quoted(each))).join(",")}}`;
}

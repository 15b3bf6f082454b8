import { type Db, type Statement, statement } from "./db.ts";

/** Conditions of a list and their values, numbered in the order they are added. */
export class Where {
  readonly values: unknown[] = [];
  readonly #parts: string[] = [];

  /** Each `?` stands for the next value; a condition with an undefined value is left out. */
  add(text: string, ...values: readonly unknown[]): this {
    if (values.some((value) => value === undefined)) return this;
    const numbered = values.reduce<string>(
      (part, value) => part.replace("?", `$${this.values.push(value)}`),
      text,
    );
    this.#parts.push(numbered);
    return this;
  }

  get text(): string {
    return this.#parts.length === 0 ? "" : `where ${this.#parts.join(" and ")}`;
  }
}

const known = new Map<string, Statement>();

/**
 * Runs a list whose text depends on its filters: one plan for each set of filters, prepared,
 * instead of one plan for all that fits none. The texts are few, since values are never part of
 * them.
 */
export function runList<Row>(db: Db, name: string, text: string, where: Where): Promise<Row[]> {
  let prepared = known.get(text);
  if (prepared === undefined) {
    prepared = statement(`${name}_${known.size}`, text);
    known.set(text, prepared);
  }
  return db.run<Row>(prepared, where.values);
}

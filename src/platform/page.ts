import { Buffer } from "node:buffer";
import { invalidField } from "./errors.ts";
import { isDate } from "./schema.ts";

/** What a list was asked for: how many rows and after which. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The sites that a list keeps to: one, some, or with neither all. */
export interface SiteScope {
  readonly siteId?: string | undefined;
  readonly siteIds?: readonly string[] | undefined;
}

/** One page of a list, and the cursor of the next if there is one. */
export interface Page<T> {
  readonly data: T[];
  readonly next: string | null;
}

export interface KeyForm {
  test(key: string): boolean;
}

/** Forms of the sort keys that cursors hold. */
export const idKey = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const numberKey = /^\d{1,18}$/;
export const dateKey: KeyForm = { test: isDate };
export const textKey = /^[^\0]{0,500}$/;

/**
 * Reads a cursor into its sort keys, one a form; undefined without a cursor. Throws `page.cursor`
 * (422) for one of another list or a forged one.
 */
export function cursorKeys(
  query: PageQuery,
  ...forms: readonly KeyForm[]
): readonly string[] | undefined {
  if (query.cursor === undefined) return undefined;
  const keys = decode(query.cursor);
  const isOurs =
    keys?.length === forms.length && forms.every((form, i) => form.test(keys[i] ?? ""));
  if (keys && isOurs) return keys;
  throw invalidField("/query/cursor", "page.cursor", "This cursor is not of this list.");
}

function decode(cursor: string): string[] | undefined {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const isKeys = Array.isArray(keys) && keys.every((key) => typeof key === "string");
    return isKeys ? keys : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes a page of rows fetched with `limit + 1`: the extra row only tells that there is more.
 * `keysOf` gives the sort keys of a row, in the order of the list.
 */
export function pageOf<Row, T>(
  rows: readonly Row[],
  query: PageQuery,
  keysOf: (row: Row) => readonly string[],
  toModel: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const next = rows.length > query.limit && last ? encode(keysOf(last)) : null;
  return { data: shown.map(toModel), next };
}

/** A page of rows that are the model already, in the order of their ids. */
export function pageById<T extends { readonly id: string }>(
  rows: readonly T[],
  query: PageQuery,
): Page<T> {
  return pageOf(
    rows,
    query,
    (row) => [row.id],
    (row) => row,
  );
}

function encode(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys), "utf8").toString("base64url");
}

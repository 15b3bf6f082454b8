import { eq, gt, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { cursorKeys, idKey, type PageQuery } from "./page.ts";

// What queries of shared records have in common: a version that updates must have seen, and
// archiving.

/** What an update must find to be allowed. */
export interface Seen {
  readonly id: string;
  readonly version: number;
}

export interface SharedFilter extends PageQuery {
  readonly archived?: boolean | undefined;
}

interface SharedTable {
  readonly id: AnyPgColumn;
  readonly version: AnyPgColumn;
  readonly archivedAt: AnyPgColumn;
}

export const isArchived = (table: SharedTable) => sql<boolean>`${table.archivedAt} is not null`;
export const nextVersion = (table: SharedTable) => sql`${table.version} + 1`;
export const now = () => sql`clock_timestamp()`;

/** The record in use as of the version that was read. */
export function isSeen(table: SharedTable, seen: Seen): SQL[] {
  return [eq(table.id, seen.id), eq(table.version, seen.version), isNull(table.archivedAt)];
}

/** One page's part of a list by id: those in use, or those out of use. */
export function isListed(table: SharedTable, query: SharedFilter): (SQL | undefined)[] {
  const isWanted = query.archived === true ? isNotNull(table.archivedAt) : isNull(table.archivedAt);
  return [isAfter(table.id, query), isWanted];
}

/** Keeps a list to the ids given; undefined is all of them. */
export function isAmong(column: AnyPgColumn, ids: readonly string[] | undefined): SQL | undefined {
  return ids === undefined ? undefined : inArray(column, [...ids]);
}

export function isAfter(id: AnyPgColumn, query: PageQuery): SQL | undefined {
  const [after] = cursorKeys(query, idKey) ?? [];
  return after === undefined ? undefined : gt(id, after);
}

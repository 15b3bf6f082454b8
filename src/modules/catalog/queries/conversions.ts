import { and, asc, eq } from "drizzle-orm";
import type { Db, Tx } from "#platform/db.ts";
import { isAfter } from "#platform/db-records.ts";
import { type PageQuery, pageOf } from "#platform/page.ts";
import type { Conversion, ConversionPage } from "../model/items.ts";
import type { UnitConversion } from "../rules.ts";
import { conversions } from "../tables.ts";

const columns = {
  id: conversions.id,
  itemId: conversions.itemId,
  from: conversions.fromUnit,
  to: conversions.toUnit,
  numerator: conversions.numerator,
  denominator: conversions.denominator,
};

interface ConversionRow extends UnitConversion {
  readonly id: string;
  readonly itemId: string;
}

/** Undefined if the id is taken. */
export async function insertConversion(tx: Tx, row: Conversion): Promise<Conversion | undefined> {
  const [inserted] = await tx.orm
    .insert(conversions)
    .values({
      id: row.id,
      itemId: row.itemId,
      fromUnit: row.from,
      toUnit: row.to,
      numerator: BigInt(row.numerator),
      denominator: BigInt(row.denominator),
    })
    .onConflictDoNothing({ target: conversions.id })
    .returning(columns);
  return inserted && toConversion(inserted);
}

export async function findConversion(db: Db, id: string): Promise<Conversion | undefined> {
  const [row] = await db.orm.select(columns).from(conversions).where(eq(conversions.id, id));
  return row && toConversion(row);
}

export interface ConversionFilter extends PageQuery {
  readonly itemId: string;
}

export async function listConversions(db: Db, query: ConversionFilter): Promise<ConversionPage> {
  const rows = await db.orm
    .select(columns)
    .from(conversions)
    .where(and(eq(conversions.itemId, query.itemId), isAfter(conversions.id, query)))
    .orderBy(asc(conversions.id))
    .limit(query.limit + 1);
  return pageOf(rows, query, (row) => [row.id], toConversion);
}

/** All of one item, for its rules. Bounded: an item has at most `conversionsMax`. */
export function findUnitConversions(db: Db, itemId: string): Promise<UnitConversion[]> {
  const { from, to, numerator, denominator } = columns;
  return db.orm
    .select({ from, to, numerator, denominator })
    .from(conversions)
    .where(eq(conversions.itemId, itemId));
}

/** Documents keep the factor they used, so a conversion may go. */
export async function deleteConversion(tx: Tx, itemId: string, id: string): Promise<boolean> {
  const rows = await tx.orm
    .delete(conversions)
    .where(and(eq(conversions.id, id), eq(conversions.itemId, itemId)))
    .returning({ id: conversions.id });
  return rows.length > 0;
}

function toConversion(row: ConversionRow): Conversion {
  const { numerator, denominator, ...rest } = row;
  // At most 10^12 each, so exact as JSON numbers.
  return { ...rest, numerator: Number(numerator), denominator: Number(denominator) };
}

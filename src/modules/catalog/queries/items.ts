import { and, asc, eq, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { type Db, lookup, statement, type Tx } from "#platform/db.ts";
import {
  isArchived,
  isListed,
  isSeen,
  nextVersion,
  now,
  type Seen,
  type SharedFilter,
} from "#platform/db-records.ts";
import { pageById } from "#platform/page.ts";
import type { Allergens, Item, ItemPage } from "../model/items.ts";
import type { UnitConversion } from "../rules.ts";
import { items } from "../tables.ts";

const trimmed = (column: AnyPgColumn) => sql<string | null>`trim_scale(${column})::text`;

const columns = {
  id: items.id,
  name: items.name,
  kind: items.kind,
  stocking: items.stocking,
  unit: items.unit,
  categoryId: items.categoryId,
  price: trimmed(items.price),
  taxCode: items.taxCode,
  barcode: items.barcode,
  reorderLevel: trimmed(items.reorderLevel),
  shelfLifeDays: items.shelfLifeDays,
  allergens: sql<Allergens>`coalesce(${items.allergens}, '{}')`,
  density: trimmed(items.density),
  pieceWeight: trimmed(items.pieceWeight),
  archived: isArchived(items),
  version: items.version,
};

// The hot read: the row is the model, so nothing is left to map.
const itemById = `
  select id, name, kind, stocking, unit, category_id as "categoryId",
    trim_scale(price)::text as price, tax_code as "taxCode", barcode,
    trim_scale(reorder_level)::text as "reorderLevel", shelf_life_days as "shelfLifeDays",
    coalesce(allergens, '{}') as allergens, trim_scale(density)::text as density,
    trim_scale(piece_weight)::text as "pieceWeight", archived_at is not null as archived, version`;
const selectItem = lookup("catalog_item", `${itemById} from catalog.items where id = $1`);
const selectItemToChange = statement(
  "catalog_item_to_change",
  `${itemById}, unit_locked as "unitLocked" from catalog.items where id = $1 for no key update`,
);

export type ItemFields = Omit<Item, "archived" | "version">;

/** Undefined if the id is taken. */
export async function insertItem(tx: Tx, item: ItemFields): Promise<Item | undefined> {
  const [row] = await tx.orm
    .insert(items)
    .values(item)
    .onConflictDoNothing({ target: items.id })
    .returning(columns);
  return row;
}

export async function findItem(db: Db, id: string): Promise<Item | undefined> {
  const [row] = await db.run<Item>(selectItem, [id]);
  return row;
}

export interface ItemToChange {
  readonly item: Item;
  readonly unitLocked: boolean;
}

/** Locks the item, so that its units and its conversions change one after the other. */
export async function lockItem(tx: Tx, id: string): Promise<ItemToChange | undefined> {
  const [row] = await tx.run<Item & { unitLocked: boolean }>(selectItemToChange, [id]);
  if (row === undefined) return undefined;
  const { unitLocked, ...item } = row;
  return { item, unitLocked };
}

export interface ItemFilter extends SharedFilter {
  readonly kind?: Item["kind"] | undefined;
  readonly categoryId?: string | undefined;
  readonly barcode?: string | undefined;
}

export async function listItems(db: Db, query: ItemFilter): Promise<ItemPage> {
  const { kind, categoryId, barcode } = query;
  const rows = await db.orm
    .select(columns)
    .from(items)
    .where(
      and(
        ...isListed(items, query),
        kind === undefined ? undefined : eq(items.kind, kind),
        categoryId === undefined ? undefined : eq(items.categoryId, categoryId),
        barcode === undefined ? undefined : eq(items.barcode, barcode),
      ),
    )
    .orderBy(asc(items.id))
    .limit(query.limit + 1);
  return pageById(rows, query);
}

/** Undefined if the item is not there, archived, or no longer of that version. */
export async function updateItem(tx: Tx, seen: Seen, next: ItemFields): Promise<Item | undefined> {
  const [row] = await tx.orm
    .update(items)
    .set({ ...next, version: nextVersion(items) })
    .where(and(...isSeen(items, seen)))
    .returning(columns);
  return row;
}

export async function archiveItem(tx: Tx, seen: Seen): Promise<boolean> {
  const rows = await tx.orm
    .update(items)
    .set({ archivedAt: now(), version: nextVersion(items) })
    .where(and(...isSeen(items, seen)))
    .returning({ id: items.id });
  return rows.length > 0;
}

// Locked in the order of ids first: two first movements of the same items cannot deadlock.
const lockUnits = statement(
  "catalog_lock_unit",
  `update catalog.items i set unit_locked = true
   from (select id from catalog.items where id = any($1::uuid[]) and not unit_locked
         order by id for no key update) unlocked
   where i.id = unlocked.id`,
);

export async function lockUnit(tx: Tx, itemIds: readonly string[]): Promise<void> {
  await tx.run(lockUnits, [itemIds]);
}

/** What a document's line needs to know of its item. */
export interface LineItem {
  readonly id: string;
  readonly name: string;
  readonly kind: Item["kind"];
  readonly stocking: Item["stocking"];
  readonly unit: Item["unit"];
  /** False until the first movement; read the item again after `lockUnit`. */
  readonly unitLocked: boolean;
  readonly order: "fifo" | "fefo";
  readonly price: string | null;
  readonly taxCode: string | null;
  readonly shelfLifeDays: number | null;
  readonly density: string | null;
  readonly pieceWeight: string | null;
  readonly conversions: readonly UnitConversion[];
  readonly archived: boolean;
}

type ConversionParts = readonly [from: string, to: string, numerator: string, denominator: string];

interface LineItemRow extends Omit<LineItem, "conversions"> {
  readonly conversions: readonly ConversionParts[] | null;
}

const selectForLines = statement(
  "catalog_items_for_lines",
  `select i.id, i.name, i.kind, i.stocking, i.unit, i.unit_locked as "unitLocked",
     coalesce(c.pick_order, 'fifo') as "order", trim_scale(i.price)::text as price,
     i.tax_code as "taxCode", i.shelf_life_days as "shelfLifeDays",
     trim_scale(i.density)::text as density, trim_scale(i.piece_weight)::text as "pieceWeight",
     i.archived_at is not null as archived,
     (select jsonb_agg(jsonb_build_array(
        v.from_unit, v.to_unit, v.numerator::text, v.denominator::text))
      from catalog.conversions v where v.item_id = i.id) as conversions
   from catalog.items i left join catalog.categories c on c.id = i.category_id
   where i.id = any($1::uuid[])`,
);

/** The items of a document's lines by id; one that is missing is not in the map. */
export async function findItemsForLines(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, LineItem>> {
  const rows = await db.run<LineItemRow>(selectForLines, [ids]);
  return new Map(rows.map((row) => [row.id, { ...row, conversions: toConversions(row) }]));
}

const none: readonly UnitConversion[] = [];

function toConversions({ conversions }: LineItemRow): readonly UnitConversion[] {
  if (conversions === null) return none;
  return conversions.map(([from, to, numerator, denominator]) => ({
    from,
    to,
    numerator: BigInt(numerator),
    denominator: BigInt(denominator),
  }));
}

import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgSchema,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant, quantity, unitPrice } from "#platform/db-columns.ts";

export const catalogSchema = pgSchema("catalog");

const shared = () => ({
  id: uuid().primaryKey(),
  name: text().notNull(),
  version: integer().notNull().default(1),
  archivedAt: instant("archived_at"),
  createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
});

/** Two records in use never have the same name, whatever the case or the space around it. */
const nameKey = (name: string, table: { name: AnyPgColumn; archivedAt: AnyPgColumn }) =>
  uniqueIndex(name).on(sql`lower(btrim(${table.name}))`).where(sql`${table.archivedAt} is null`);
const nameLength = (name: string, table: { name: AnyPgColumn }) =>
  check(name, sql`length(${table.name}) between 1 and 120`);

export const categories = catalogSchema.table(
  "categories",
  { ...shared(), pickOrder: text("pick_order").$type<"fifo" | "fefo">().notNull() },
  (table) => [
    nameKey("categories_name_key", table),
    nameLength("categories_name", table),
    check("categories_pick_order", sql`${table.pickOrder} in ('fifo', 'fefo')`),
    check("categories_version", sql`${table.version} > 0`),
  ],
);

export const suppliers = catalogSchema.table(
  "suppliers",
  { ...shared(), email: text(), phone: text() },
  (table) => [
    nameKey("suppliers_name_key", table),
    nameLength("suppliers_name", table),
    check("suppliers_version", sql`${table.version} > 0`),
  ],
);

export const items = catalogSchema.table(
  "items",
  {
    ...shared(),
    kind: text().$type<"material" | "product">().notNull(),
    stocking: text().$type<"stocked" | "made_to_order" | "none">().notNull(),
    /** The stock unit: quantities of the books are in it. */
    unit: text().$type<"g" | "kg" | "ml" | "l" | "piece">().notNull(),
    /** Set by the first movement: from then on the unit stays. */
    unitLocked: boolean("unit_locked").notNull().default(false),
    categoryId: uuid("category_id").references(() => categories.id),
    /** A stock unit, in the company's currency. */
    price: unitPrice(),
    taxCode: text("tax_code"),
    barcode: text(),
    reorderLevel: quantity("reorder_level"),
    shelfLifeDays: integer("shelf_life_days"),
    allergens: jsonb().$type<Record<string, string>>(),
    /** g per ml. */
    density: numeric({ precision: 12, scale: 6 }),
    /** g per piece. */
    pieceWeight: numeric("piece_weight", { precision: 18, scale: 6 }),
  },
  (table) => [
    nameKey("items_name_key", table),
    uniqueIndex("items_barcode_key").on(table.barcode).where(sql`${table.archivedAt} is null`),
    index("items_category_id_idx").on(table.categoryId, table.id),
    nameLength("items_name", table),
    check("items_kind", sql`${table.kind} in ('material', 'product')`),
    check("items_stocking", sql`${table.stocking} in ('stocked', 'made_to_order', 'none')`),
    check("items_unit", sql`${table.unit} in ('g', 'kg', 'ml', 'l', 'piece')`),
    check("items_price", sql`${table.price} >= 0`),
    check("items_tax_code", sql`length(${table.taxCode}) between 1 and 32`),
    check("items_barcode", sql`length(${table.barcode}) between 1 and 64`),
    check("items_reorder_level", sql`${table.reorderLevel} >= 0`),
    check("items_shelf_life_days", sql`${table.shelfLifeDays} between 0 and 36500`),
    check("items_allergens", allergensRule(table.allergens)),
    check("items_density", sql`${table.density} > 0`),
    check("items_piece_weight", sql`${table.pieceWeight} > 0`),
    check("items_version", sql`${table.version} > 0`),
  ],
);

/** An object whose keys are of the EU 14 and whose values are known words. */
function allergensRule(column: AnyPgColumn) {
  return sql`jsonb_typeof(${column}) = 'object'
    and ${column} - array['gluten', 'crustaceans', 'eggs', 'fish', 'peanuts', 'soybeans', 'milk',
      'nuts', 'celery', 'mustard', 'sesame', 'sulphites', 'lupin', 'molluscs'] = '{}'
    and not jsonb_path_exists(${column},
      'strict $.* ? (@.type() != "string"
        || !(@ == "contains" || @ == "may_contain" || @ == "free"))',
      '{}', true)`;
}

/** 1 `from_unit` = numerator ÷ denominator `to_unit`. */
export const conversions = catalogSchema.table(
  "conversions",
  {
    id: uuid().primaryKey(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => items.id),
    fromUnit: text("from_unit").notNull(),
    toUnit: text("to_unit").notNull(),
    numerator: bigint({ mode: "bigint" }).notNull(),
    denominator: bigint({ mode: "bigint" }).notNull(),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    unique("conversions_item_id_from_unit_key").on(table.itemId, table.fromUnit),
    check("conversions_from_unit", sql`length(${table.fromUnit}) between 1 and 40`),
    check("conversions_to_unit", sql`length(${table.toUnit}) between 1 and 40`),
    check("conversions_units_differ", sql`${table.fromUnit} <> ${table.toUnit}`),
    // Between these the metric system, the density and the piece weight decide.
    check(
      "conversions_of_a_pack",
      sql`not (${table.fromUnit} in ('g', 'kg', 'ml', 'l', 'piece')
        and ${table.toUnit} in ('g', 'kg', 'ml', 'l', 'piece'))`,
    ),
    check("conversions_numerator", sql`${table.numerator} > 0`),
    check("conversions_denominator", sql`${table.denominator} > 0`),
  ],
);

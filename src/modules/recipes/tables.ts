import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  pgSchema,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { items } from "#modules/catalog/tables.ts";
import { amount, instant, quantity } from "#platform/db-columns.ts";

export const recipesSchema = pgSchema("recipes");

/** How an item is made; what is written stands in its versions. */
export const recipes = recipesSchema.table(
  "recipes",
  {
    id: uuid().primaryKey(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => items.id),
    /** The version of the formula that runs use unless they name another. */
    latest: integer().notNull(),
    /** For If-Match. */
    version: integer().notNull(),
    archivedAt: instant("archived_at"),
  },
  (table) => [
    uniqueIndex("recipes_item_id_key").on(table.itemId).where(sql`${table.archivedAt} is null`),
    index("recipes_item").on(table.itemId, table.id),
    check("recipes_version", sql`${table.latest} > 0 and ${table.version} >= ${table.latest}`),
  ],
);

const loss = (name: string) => numeric(name, { precision: 7, scale: 6 }).notNull();

/** Insert-only: an edit is a new row. */
export const versions = recipesSchema.table(
  "versions",
  {
    recipeId: uuid("recipe_id")
      .notNull()
      .references(() => recipes.id),
    version: integer().notNull(),
    yieldQuantity: quantity("yield_quantity").notNull(),
    yieldUnit: text("yield_unit").notNull(),
    bakeLoss: loss("bake_loss"),
    handlingLoss: loss("handling_loss"),
    labourMinutes: quantity("labour_minutes").notNull(),
    overhead: amount().notNull(),
    actor: text().notNull(),
    recordedAt: instant("recorded_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ name: "versions_pkey", columns: [table.recipeId, table.version] }),
    check("versions_version", sql`${table.version} > 0`),
    check("versions_yield", sql`${table.yieldQuantity} > 0`),
    check("versions_bake_loss", sql`${table.bakeLoss} >= 0 and ${table.bakeLoss} < 1`),
    check("versions_handling_loss", sql`${table.handlingLoss} >= 0 and ${table.handlingLoss} < 1`),
    check("versions_labour", sql`${table.labourMinutes} >= 0 and ${table.overhead} >= 0`),
  ],
);

/** Insert-only. Either a quantity in a unit, or a percentage of the flour. */
export const ingredients = recipesSchema.table(
  "ingredients",
  {
    recipeId: uuid("recipe_id").notNull(),
    version: integer().notNull(),
    position: integer().notNull(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => items.id),
    quantity: quantity(),
    unit: text(),
    bakersPercent: numeric("bakers_percent", { precision: 10, scale: 4 }),
    isFlour: boolean("is_flour").notNull(),
  },
  (table) => [
    primaryKey({
      name: "ingredients_pkey",
      columns: [table.recipeId, table.version, table.position],
    }),
    foreignKey({
      name: "ingredients_version_fk",
      columns: [table.recipeId, table.version],
      foreignColumns: [versions.recipeId, versions.version],
    }),
    index("ingredients_item").on(table.itemId),
    check(
      "ingredients_amount",
      sql`case when ${table.bakersPercent} is null
        then ${table.quantity} > 0 and ${table.unit} is not null and not ${table.isFlour}
        else ${table.bakersPercent} > 0 and ${table.quantity} is null and ${table.unit} is null end`,
    ),
  ],
);

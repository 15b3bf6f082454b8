import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  pgSchema,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { items } from "#modules/catalog/tables.ts";
import { versions } from "#modules/recipes/tables.ts";
import { sites } from "#modules/sites/tables.ts";
import { instant, ledgerValue, quantity, unitPrice } from "#platform/db-columns.ts";

export const productionSchema = pgSchema("production");
const recordedAt = () => instant("recorded_at").notNull().default(sql`clock_timestamp()`);

/** One production of a recipe version. Insert-only, like all that belongs to it but its state. */
export const runs = productionSchema.table(
  "runs",
  {
    id: uuid().primaryKey(),
    siteId: uuid("site_id")
      .notNull()
      .references(() => sites.id),
    recipeId: uuid("recipe_id").notNull(),
    recipeVersion: integer("recipe_version").notNull(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => items.id),
    plannedOutput: quantity("planned_output").notNull(),
    expectedOutput: quantity("expected_output").notNull(),
    actualOutput: quantity("actual_output").notNull(),
    explodesShortage: boolean("explodes_shortage").notNull(),
    labourMinutes: quantity("labour_minutes").notNull(),
    /** An hour, as it was then. */
    labourRate: unitPrice("labour_rate").notNull(),
    materialsValue: ledgerValue("materials_value").notNull(),
    labourValue: ledgerValue("labour_value").notNull(),
    overheadValue: ledgerValue("overhead_value").notNull(),
    byProductsValue: ledgerValue("by_products_value").notNull(),
    /** Materials + labour + overhead − by-products = abnormal loss + what the output is worth. */
    totalCost: ledgerValue("total_cost").notNull(),
    abnormalLoss: ledgerValue("abnormal_loss").notNull(),
    /** Null if nothing good came out. */
    lotId: uuid("lot_id"),
    layerId: uuid("layer_id"),
    effectiveAt: instant("effective_at").notNull(),
    businessDate: date("business_date", { mode: "string" }).notNull(),
    recordedAt: recordedAt(),
    actor: text().notNull(),
  },
  (table) => [
    foreignKey({
      name: "runs_recipe_version_fk",
      columns: [table.recipeId, table.recipeVersion],
      foreignColumns: [versions.recipeId, versions.version],
    }),
    index("runs_site").on(table.siteId, table.id),
    index("runs_recipe").on(table.recipeId, table.id),
    index("runs_date").on(table.siteId, table.businessDate),
    check("runs_output", sql`${table.expectedOutput} > 0 and ${table.actualOutput} >= 0`),
    check(
      "runs_total_cost",
      sql`${table.totalCost} = ${table.materialsValue} + ${table.labourValue} + ${table.overheadValue}
        - ${table.byProductsValue}`,
    ),
    check(
      "runs_abnormal_loss",
      sql`${table.abnormalLoss} between 0 and ${table.totalCost}
        and (${table.actualOutput} > 0 or ${table.abnormalLoss} = ${table.totalCost})`,
    ),
    check("runs_lot", sql`(${table.actualOutput} > 0) = (${table.lotId} is not null)`),
  ],
);

const ofRun = () => ({
  runId: uuid("run_id")
    .notNull()
    .references(() => runs.id),
  position: integer().notNull(),
  itemId: uuid("item_id")
    .notNull()
    .references(() => items.id),
  quantity: quantity().notNull(),
});

/** What was used of an item, and what the recipe had planned; 0 is "unused". */
export const runLines = productionSchema.table(
  "run_lines",
  {
    id: uuid().primaryKey(),
    ...ofRun(),
    plannedQuantity: quantity("planned_quantity").notNull(),
    value: ledgerValue().notNull(),
    /** Null if nothing was taken from stock. */
    movementId: uuid("movement_id"),
  },
  (table) => [index("run_lines_run").on(table.runId, table.position)],
);

export const runByProducts = productionSchema.table(
  "run_by_products",
  {
    ...ofRun(),
    value: ledgerValue().notNull(),
    lotId: uuid("lot_id").notNull(),
    layerId: uuid("layer_id").notNull(),
  },
  (table) => [primaryKey({ name: "run_by_products_pkey", columns: [table.runId, table.position] })],
);

/** What was made on the way because stock was short of it, by which recipe version. */
export const runSubRecipes = productionSchema.table(
  "run_sub_recipes",
  {
    ...ofRun(),
    recipeId: uuid("recipe_id").notNull(),
    recipeVersion: integer("recipe_version").notNull(),
  },
  (table) => [
    primaryKey({ name: "run_sub_recipes_pkey", columns: [table.runId, table.position] }),
    foreignKey({
      name: "run_sub_recipes_version_fk",
      columns: [table.recipeId, table.recipeVersion],
      foreignColumns: [versions.recipeId, versions.version],
    }),
  ],
);

/** The one mutable row of a run: what commands on it lock. */
export const runStates = productionSchema.table(
  "run_states",
  {
    runId: uuid("run_id")
      .primaryKey()
      .references(() => runs.id),
    status: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    check("run_states_status", sql`${table.status} in ('completed', 'reversed')`),
    check("run_states_version", sql`${table.version} > 0`),
  ],
);

export const reversals = productionSchema.table("reversals", {
  runId: uuid("run_id")
    .primaryKey()
    .references(() => runs.id),
  reason: text(),
  effectiveAt: instant("effective_at").notNull(),
  recordedAt: recordedAt(),
  actor: text().notNull(),
});

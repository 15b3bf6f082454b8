import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  date,
  index,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { items } from "#modules/catalog/tables.ts";
import { sites } from "#modules/sites/tables.ts";
import { instant, ledgerValue, quantity } from "#platform/db-columns.ts";
import { recordedAt, requiredId, seq, stockSchema } from "./schema.ts";

const valueRule = ({ quantity, value }: Record<"quantity" | "value", AnyPgColumn>) =>
  sql`${value} >= 0 and (${quantity} > 0 or ${value} = 0)`;

// The ledger's rows carry no foreign keys to items, sites or layers: every check would lock a row
// that all tills share. No role may delete those rows, and verify looks for orphans.

/** What arrived or was made together. Insert-only. */
export const lots = stockSchema.table(
  "lots",
  {
    id: uuid().primaryKey(),
    itemId: uuid("item_id").notNull(),
    origin: text().notNull(),
    sourceId: uuid("source_id").notNull(),
    supplierId: uuid("supplier_id"),
    supplierLot: text("supplier_lot"),
    expiresOn: date("expires_on", { mode: "string" }),
    recordedAt: recordedAt(),
  },
  (table) => [
    check("lots_origin", sql`${table.origin} in ('receipt', 'run', 'count', 'import')`),
    index("lots_item").on(table.itemId, table.id),
    index("lots_source").on(table.sourceId),
  ],
);

/** What remains of a lot at one site. Changed only under the lock of its balance. */
export const layers = stockSchema.table(
  "layers",
  {
    id: uuid().primaryKey(),
    lotId: uuid("lot_id").notNull(),
    itemId: uuid("item_id").notNull(),
    siteId: uuid("site_id").notNull(),
    quantityIn: quantity("quantity_in").notNull(),
    valueIn: ledgerValue("value_in").notNull(),
    quantity: quantity().notNull(),
    value: ledgerValue().notNull(),
    /** Its age: what FIFO goes by, here and at any site it is transferred to. */
    effectiveAt: instant("effective_at").notNull(),
    /** When a transfer brought it to this site; null if it was never elsewhere. */
    arrivedAt: instant("arrived_at"),
    seq: seq(),
    expiresOn: date("expires_on", { mode: "string" }),
    isHeld: boolean("is_held").notNull().default(false),
    // In the index instead of the quantity: a take that leaves a rest stays a heap-only update.
    isOpen: boolean("is_open").notNull().generatedAlwaysAs(sql`quantity > 0`),
  },
  (table) => [
    check(
      "layers_quantity",
      sql`${table.quantity} >= 0 and ${table.quantity} <= ${table.quantityIn}`,
    ),
    check("layers_value", valueRule(table)),
    check("layers_in", sql`${table.quantityIn} > 0 and ${table.valueIn} >= 0`),
    index("layers_open")
      .on(table.itemId, table.siteId, table.effectiveAt, table.seq)
      .where(sql`is_open`),
    index("layers_item").on(table.itemId, table.siteId, table.seq),
    index("layers_lot").on(table.lotId),
    index("layers_held").on(table.itemId, table.siteId).where(sql`is_held`),
  ],
);

/** The ledger: signed quantity and value of one item at one site. Insert-only. */
export const movements = stockSchema.table(
  "movements",
  {
    id: uuid().primaryKey(),
    seq: seq(),
    type: text().notNull(),
    itemId: uuid("item_id").notNull(),
    siteId: uuid("site_id").notNull(),
    quantity: quantity().notNull(),
    value: ledgerValue().notNull(),
    effectiveAt: instant("effective_at").notNull(),
    /** The date at the site when it took effect: what expiry is judged by. */
    effectiveOn: date("effective_on", { mode: "string" }).notNull(),
    recordedAt: recordedAt(),
    actor: text().notNull(),
    sourceId: uuid("source_id").notNull(),
    sourceLineId: uuid("source_line_id"),
    /** How an issue chose its layers, so that verify can replay it: fifo or fefo. */
    pick: text(),
    /** The lot an issue was bound to, if one was named. */
    lotId: uuid("lot_id"),
    reverses: uuid(),
  },
  (table) => [
    check("movements_pick", sql`${table.pick} in ('fifo', 'fefo')`),
    // A price that was corrected late moves value alone.
    check("movements_quantity", sql`${table.quantity} <> 0 or ${table.type} = 'adjustment'`),
    check(
      "movements_type",
      sql`${table.type} in ('receipt', 'consumption', 'output', 'sale', 'settlement', 'waste', 'count',
        'void', 'refund', 'refund_waste', 'transfer_out', 'transfer_in', 'adjustment', 'run_reversal',
        'settlement_reversal', 'receipt_reversal', 'waste_reversal', 'count_reversal')`,
    ),
    uniqueIndex("movements_reverses").on(table.reverses).where(sql`reverses is not null`),
    index("movements_item").on(table.itemId, table.siteId, table.seq),
    index("movements_source").on(table.sourceId),
    index("movements_refund").on(table.sourceLineId).where(sql`type = 'refund'`),
  ],
);

/** Which layer a movement took from (negative) or gave to (positive). Insert-only. */
export const allocations = stockSchema.table(
  "allocations",
  {
    movementId: uuid("movement_id").notNull(),
    layerId: uuid("layer_id").notNull(),
    quantity: quantity().notNull(),
    value: ledgerValue().notNull(),
  },
  (table) => [
    primaryKey({ name: "allocations_pkey", columns: [table.movementId, table.layerId] }),
    index("allocations_layer").on(table.layerId),
  ],
);

/** How much of a consumed layer went into a produced one, by which movement. Insert-only. */
export const genealogy = stockSchema.table(
  "genealogy",
  {
    movementId: uuid("movement_id").notNull(),
    consumedLayerId: uuid("consumed_layer_id").notNull(),
    producedLayerId: uuid("produced_layer_id").notNull(),
    quantity: quantity().notNull(),
    value: ledgerValue().notNull(),
  },
  (table) => [
    primaryKey({
      name: "genealogy_pkey",
      columns: [table.consumedLayerId, table.producedLayerId, table.movementId],
    }),
    index("genealogy_produced").on(table.producedLayerId, table.consumedLayerId, table.movementId),
    index("genealogy_movement").on(table.movementId),
  ],
);

/** The mutable sum for one item at one site; its row lock guards all that belongs to the pair. */
export const balances = stockSchema.table(
  "balances",
  {
    itemId: requiredId("item_id").references(() => items.id),
    siteId: requiredId("site_id").references(() => sites.id),
    quantity: quantity().notNull().default("0"),
    value: ledgerValue().notNull().default("0"),
    shortQuantity: quantity("short_quantity").notNull().default("0"),
  },
  (table) => [
    primaryKey({ name: "balances_pkey", columns: [table.itemId, table.siteId] }),
    index("balances_site").on(table.siteId, table.itemId),
    check("balances_quantity", sql`${table.quantity} >= 0 and ${table.shortQuantity} >= 0`),
    check("balances_value", valueRule(table)),
  ],
);

/** What was sold but not on the books: quantity = open + cancelled + the sum of its settlements. */
export const shortfalls = stockSchema.table(
  "shortfalls",
  {
    id: uuid().primaryKey(),
    seq: seq(),
    itemId: uuid("item_id").notNull(),
    siteId: uuid("site_id").notNull(),
    quantity: quantity().notNull(),
    openQuantity: quantity("open_quantity").notNull(),
    cancelledQuantity: quantity("cancelled_quantity").notNull().default("0"),
    /** When it was sold: a count of that day must know. */
    effectiveAt: instant("effective_at").notNull(),
    sourceId: uuid("source_id").notNull(),
    sourceLineId: uuid("source_line_id").notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    check(
      "shortfalls_open",
      sql`${table.openQuantity} >= 0 and ${table.cancelledQuantity} >= 0
        and ${table.openQuantity} + ${table.cancelledQuantity} <= ${table.quantity}`,
    ),
    index("shortfalls_open")
      .on(table.itemId, table.siteId, table.seq)
      .where(sql`open_quantity > 0`),
    index("shortfalls_item").on(table.itemId, table.siteId, table.id),
    index("shortfalls_source").on(table.sourceId),
  ],
);

/** What a void or a refund took off a shortfall, and when. Insert-only. */
export const shortfallCancellations = stockSchema.table(
  "shortfall_cancellations",
  {
    shortfallId: requiredId("shortfall_id").references(() => shortfalls.id),
    /** The sale that was voided, or the refund. */
    sourceId: requiredId("source_id"),
    quantity: quantity().notNull(),
    effectiveAt: instant("effective_at").notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({
      name: "shortfall_cancellations_pkey",
      columns: [table.shortfallId, table.sourceId],
    }),
    check("shortfall_cancellations_quantity", sql`${table.quantity} > 0`),
  ],
);

/** How much of a shortfall a movement settled (positive) or reopened (negative). Insert-only. */
export const settlements = stockSchema.table(
  "settlements",
  {
    movementId: uuid("movement_id").primaryKey(),
    shortfallId: requiredId("shortfall_id").references(() => shortfalls.id),
    quantity: quantity().notNull(),
  },
  (table) => [index("settlements_shortfall").on(table.shortfallId)],
);

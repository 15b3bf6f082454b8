import { bigint, boolean, index, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";
import { lots } from "./ledger.ts";
import { recordedAt, requiredId, stockSchema } from "./schema.ts";

/** A lot that is not to be sold or used, nor what holds it. Insert-only, like all tables here. */
export const holds = stockSchema.table(
  "holds",
  {
    id: uuid().primaryKey(),
    lotId: requiredId("lot_id").references(() => lots.id),
    reason: text().notNull(),
    effectiveAt: instant("effective_at").notNull(),
    recordedAt: recordedAt(),
    actor: text().notNull(),
  },
  (table) => [index("holds_lot").on(table.lotId)],
);

/** The end of a hold. */
export const releases = stockSchema.table("releases", {
  holdId: uuid("hold_id")
    .primaryKey()
    .references(() => holds.id),
  reason: text(),
  effectiveAt: instant("effective_at").notNull(),
  recordedAt: recordedAt(),
  actor: text().notNull(),
});

/** Every lot that a hold stops: its own and all that holds some of it. */
export const holdLots = stockSchema.table(
  "hold_lots",
  { holdId: requiredId("hold_id").references(() => holds.id), lotId: requiredId("lot_id") },
  (table) => [
    primaryKey({ name: "hold_lots_pkey", columns: [table.holdId, table.lotId] }),
    index("hold_lots_lot").on(table.lotId),
  ],
);

/** Each time a layer became held or free, in the order of recording. */
export const layerHolds = stockSchema.table(
  "layer_holds",
  {
    layerId: requiredId("layer_id"),
    seq: bigint({ mode: "bigint" }).notNull(),
    isHeld: boolean("is_held").notNull(),
    holdId: requiredId("hold_id").references(() => holds.id),
  },
  (table) => [primaryKey({ name: "layer_holds_pkey", columns: [table.layerId, table.seq] })],
);

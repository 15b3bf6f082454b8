import { sql } from "drizzle-orm";
import { bigint, pgSchema, uuid } from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const stockSchema = pgSchema("stock");

/** The order of recording of movements, layers, shortfalls and holds: drawn after the balance is locked. */
export const recordingOrder = stockSchema.sequence("recording_order");
export const seq = () =>
  bigint({ mode: "bigint" }).notNull().default(sql`nextval('stock.recording_order')`);
export const requiredId = (name: string) => uuid(name).notNull();
export const recordedAt = () => instant("recorded_at").notNull().default(sql`clock_timestamp()`);

import { sql } from "drizzle-orm";
import { boolean, check, index, json, pgSchema, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "#platform/db-columns.ts";

export const verificationsSchema = pgSchema("verifications");

/** Each time all the books were verified, and what came of it. Insert-only. */
export const runs = verificationsSchema.table(
  "runs",
  {
    id: uuid().primaryKey(),
    isSound: boolean("is_sound").notNull(),
    /** SHA-256 over the books and the heads of every chain, if they hold. */
    certificate: text(),
    /** The first thing that is wrong, for a person. */
    problem: text(),
    /** What was counted on the way. */
    counts: json().notNull(),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    index("runs_ended").on(table.endedAt),
    check("runs_verdict", sql`${table.isSound} = (${table.problem} is null)`),
  ],
);

import { sql } from "drizzle-orm";
import { check, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { items } from "#modules/catalog/tables.ts";
import { instant } from "#platform/db-columns.ts";
import { importsSchema } from "./files.ts";

/** Which item an article name of a till means, whatever the case and the space in it. */
export const aliases = importsSchema.table(
  "aliases",
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    nameKey: text("name_key").notNull(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => items.id),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    uniqueIndex("aliases_name_key").on(table.nameKey),
    check("aliases_name", sql`length(${table.name}) between 1 and 120`),
  ],
);

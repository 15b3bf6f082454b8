import { and, asc, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#platform/db.ts";
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
import type { Category, CategoryPage, CategoryPatch } from "../model/items.ts";
import { categories } from "../tables.ts";

const columns = {
  id: categories.id,
  name: categories.name,
  order: categories.pickOrder,
  archived: isArchived(categories),
  version: categories.version,
};

export type CategoryFields = Omit<Category, "archived" | "version">;

/** Undefined if the id is taken. */
export async function insertCategory(
  tx: Tx,
  { id, name, order }: CategoryFields,
): Promise<Category | undefined> {
  const [row] = await tx.orm
    .insert(categories)
    .values({ id, name, pickOrder: order })
    .onConflictDoNothing({ target: categories.id })
    .returning(columns);
  return row;
}

export async function findCategory(db: Db, id: string): Promise<Category | undefined> {
  const [row] = await db.orm.select(columns).from(categories).where(eq(categories.id, id));
  return row;
}

/** Whether the category is in use; it is not archived before the transaction ends. */
export async function holdCategory(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.orm
    .select({ id: categories.id })
    .from(categories)
    .where(and(eq(categories.id, id), isNull(categories.archivedAt)))
    .for("share");
  return rows.length > 0;
}

export async function listCategories(db: Db, query: SharedFilter): Promise<CategoryPage> {
  const rows = await db.orm
    .select(columns)
    .from(categories)
    .where(and(...isListed(categories, query)))
    .orderBy(asc(categories.id))
    .limit(query.limit + 1);
  return pageById(rows, query);
}

/** Undefined if the category is not there, archived, or no longer of that version. */
export async function updateCategory(
  tx: Tx,
  seen: Seen,
  { name, order }: CategoryPatch,
): Promise<Category | undefined> {
  const [row] = await tx.orm
    .update(categories)
    .set({
      ...(name === undefined ? {} : { name }),
      ...(order === undefined ? {} : { pickOrder: order }),
      version: nextVersion(categories),
    })
    .where(and(...isSeen(categories, seen)))
    .returning(columns);
  return row;
}

export async function archiveCategory(tx: Tx, seen: Seen): Promise<boolean> {
  const rows = await tx.orm
    .update(categories)
    .set({ archivedAt: now(), version: nextVersion(categories) })
    .where(and(...isSeen(categories, seen)))
    .returning({ id: categories.id });
  return rows.length > 0;
}

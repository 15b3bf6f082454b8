import { and, asc, eq } from "drizzle-orm";
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
import type { Supplier, SupplierPage, SupplierPatch } from "../model/suppliers.ts";
import { suppliers } from "../tables.ts";

const columns = {
  id: suppliers.id,
  name: suppliers.name,
  email: suppliers.email,
  phone: suppliers.phone,
  archived: isArchived(suppliers),
  version: suppliers.version,
};

export type SupplierFields = Omit<Supplier, "archived" | "version">;

/** Undefined if the id is taken. */
export async function insertSupplier(
  tx: Tx,
  supplier: SupplierFields,
): Promise<Supplier | undefined> {
  const [row] = await tx.orm
    .insert(suppliers)
    .values(supplier)
    .onConflictDoNothing({ target: suppliers.id })
    .returning(columns);
  return row;
}

export async function findSupplier(db: Db, id: string): Promise<Supplier | undefined> {
  const [row] = await db.orm.select(columns).from(suppliers).where(eq(suppliers.id, id));
  return row;
}

export async function listSuppliers(db: Db, query: SharedFilter): Promise<SupplierPage> {
  const rows = await db.orm
    .select(columns)
    .from(suppliers)
    .where(and(...isListed(suppliers, query)))
    .orderBy(asc(suppliers.id))
    .limit(query.limit + 1);
  return pageById(rows, query);
}

/** Undefined if the supplier is not there, archived, or no longer of that version. */
export async function updateSupplier(
  tx: Tx,
  seen: Seen,
  patch: SupplierPatch,
): Promise<Supplier | undefined> {
  const [row] = await tx.orm
    .update(suppliers)
    .set({ ...patch, version: nextVersion(suppliers) })
    .where(and(...isSeen(suppliers, seen)))
    .returning(columns);
  return row;
}

export async function archiveSupplier(tx: Tx, seen: Seen): Promise<boolean> {
  const rows = await tx.orm
    .update(suppliers)
    .set({ archivedAt: now(), version: nextVersion(suppliers) })
    .where(and(...isSeen(suppliers, seen)))
    .returning({ id: suppliers.id });
  return rows.length > 0;
}

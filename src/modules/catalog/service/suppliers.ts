import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import type { Seen, SharedFilter } from "#platform/db-records.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { NewSupplier, Supplier, SupplierPage, SupplierPatch } from "../model/suppliers.ts";
import * as queries from "../queries/suppliers.ts";
import { asReplayed, type Change, named, refusalOf } from "./refusals.ts";

/**
 * Adds a supplier; the same id and body again answer the same record.
 * Throws `catalog.name_taken` and `catalog.id_taken` (409).
 */
export async function createSupplier(ctx: Ctx, input: NewSupplier): Promise<Supplier> {
  authorise(ctx, "catalog.change", null);
  const { name, email = null, phone = null } = input;
  const fields = { id: input.id ?? newId(), name, email, phone };
  return ctx.app.db.withTransaction(async (tx) => {
    const added = await named(queries.insertSupplier(tx, fields));
    if (added === undefined) return asReplayed(await queries.findSupplier(tx, fields.id), fields);
    const subject = { kind: "supplier", id: added.id };
    await recordDeed(tx, ctx, { action: "supplier.added", subject });
    return added;
  });
}

export async function getSupplier(ctx: Ctx, id: string): Promise<Supplier> {
  authorise(ctx, "catalog.read");
  const found = await queries.findSupplier(ctx.app.db, id);
  if (found === undefined) throw errors.notFound("supplier");
  return found;
}

export async function listSuppliers(ctx: Ctx, query: SharedFilter): Promise<SupplierPage> {
  authorise(ctx, "catalog.read");
  return queries.listSuppliers(ctx.app.db, query);
}

/** Merges a patch. Throws `catalog.stale` if it is not of the current version. */
export async function changeSupplier(ctx: Ctx, change: Change<SupplierPatch>): Promise<Supplier> {
  authorise(ctx, "catalog.change", null);
  return ctx.app.db.withTransaction(async (tx) => {
    const changed = await named(queries.updateSupplier(tx, change, change.patch));
    return changed ?? refuse(tx, change.id);
  });
}

/** Takes a supplier out of use; receipts keep it. */
export async function archiveSupplier(ctx: Ctx, seen: Seen): Promise<void> {
  authorise(ctx, "catalog.change", null);
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.archiveSupplier(tx, seen))) await refuse(tx, seen.id);
    const subject = { kind: "supplier", id: seen.id };
    await recordDeed(tx, ctx, { action: "supplier.archived", subject });
  });
}

/** Step: the supplier a command names. Throws `catalog.supplier_unknown` (422) if not in use. */
export async function requireSupplier(db: Db, id: string, pointer?: string): Promise<Supplier> {
  const found = await queries.findSupplier(db, id);
  if (found === undefined || found.archived) throw errors.supplierUnknown(pointer);
  return found;
}

async function refuse(db: Db, id: string): Promise<never> {
  throw refusalOf({ noun: "supplier", found: await queries.findSupplier(db, id) });
}

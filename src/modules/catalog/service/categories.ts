import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import type { Seen, SharedFilter } from "#platform/db-records.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { Category, CategoryPage, CategoryPatch, NewCategory } from "../model/items.ts";
import * as queries from "../queries/categories.ts";
import { asReplayed, type Change, named, refusalOf } from "./refusals.ts";

/**
 * Adds a category; the same id and body again answer the same record.
 * Throws `catalog.name_taken` and `catalog.id_taken` (409).
 */
export async function createCategory(ctx: Ctx, input: NewCategory): Promise<Category> {
  authorise(ctx, "catalog.change", null);
  const fields = { ...input, id: input.id ?? newId() };
  return ctx.app.db.withTransaction(async (tx) => {
    const added = await named(queries.insertCategory(tx, fields));
    if (added === undefined) return asReplayed(await queries.findCategory(tx, fields.id), fields);
    const subject = { kind: "category", id: added.id };
    await recordDeed(tx, ctx, { action: "category.added", subject });
    return added;
  });
}

export async function getCategory(ctx: Ctx, id: string): Promise<Category> {
  authorise(ctx, "catalog.read");
  const found = await queries.findCategory(ctx.app.db, id);
  if (found === undefined) throw errors.notFound("category");
  return found;
}

export async function listCategories(ctx: Ctx, query: SharedFilter): Promise<CategoryPage> {
  authorise(ctx, "catalog.read");
  return queries.listCategories(ctx.app.db, query);
}

/** Merges a patch. Throws `catalog.stale` if it is not of the current version. */
export async function changeCategory(ctx: Ctx, change: Change<CategoryPatch>): Promise<Category> {
  authorise(ctx, "catalog.change", null);
  return ctx.app.db.withTransaction(async (tx) => {
    const changed = await named(queries.updateCategory(tx, change, change.patch));
    return changed ?? refuse(tx, change.id);
  });
}

/** Takes a category out of use; its items keep it and are picked as before. */
export async function archiveCategory(ctx: Ctx, seen: Seen): Promise<void> {
  authorise(ctx, "catalog.change", null);
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.archiveCategory(tx, seen))) await refuse(tx, seen.id);
    const subject = { kind: "category", id: seen.id };
    await recordDeed(tx, ctx, { action: "category.archived", subject });
  });
}

async function refuse(db: Db, id: string): Promise<never> {
  throw refusalOf({ noun: "category", found: await queries.findCategory(db, id) });
}

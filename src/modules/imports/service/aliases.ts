import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { ImportAlias, ImportAliasPage, NewImportAlias } from "../model/aliases.ts";
import * as queries from "../queries/aliases.ts";
import { articleKey } from "../rules/till/articles.ts";

/**
 * Says which item an article name means in imports from now on, instead of what it meant before;
 * what is imported already stays. Throws `imports.item_unknown` and `imports.alias_name` (422).
 */
export async function setAlias(ctx: Ctx, { name, itemId }: NewImportAlias): Promise<ImportAlias> {
  authorise(ctx, "imports.record", null);
  const row = { id: newId(), name, key: articleKey(name), itemId };
  if (row.key === "") throw errors.aliasBlank();
  try {
    const alias = await ctx.app.db.withTransaction((tx) => queries.replaceAlias(tx, row));
    invariant(alias, "an upsert returns its row");
    return alias;
  } catch (error) {
    if (constraintOf(error)?.endsWith("_fk") === true) throw errors.itemUnknown();
    throw error;
  }
}

/** Throws `imports.alias_not_found` (404). */
export async function getAlias(ctx: Ctx, id: string): Promise<ImportAlias> {
  authorise(ctx, "imports.read");
  const alias = await queries.findAlias(ctx.app.db, id);
  if (alias === undefined) throw errors.aliasNotFound();
  return alias;
}

/** Aliases by their names. */
export async function listAliases(ctx: Ctx, query: queries.AliasFilter): Promise<ImportAliasPage> {
  authorise(ctx, "imports.read");
  return queries.listAliases(ctx.app.db, query);
}

/** Forgets what a name meant: the next import looks for an item of that name again. */
export async function removeAlias(ctx: Ctx, id: string): Promise<void> {
  authorise(ctx, "imports.record", null);
  const isGone = await ctx.app.db.withTransaction((tx) => queries.removeAlias(tx, id));
  if (!isGone) throw errors.aliasNotFound();
}

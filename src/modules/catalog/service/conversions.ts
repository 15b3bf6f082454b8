import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { Conversion, ConversionPage, NewConversion } from "../model/items.ts";
import * as queries from "../queries/conversions.ts";
import { findItem, lockItem } from "../queries/items.ts";
import { checkConversion, checkUnits, conversionsMax, type UnitConversion } from "../rules.ts";
import { asReplayed, named } from "./refusals.ts";

export interface NewConversionOf extends NewConversion {
  readonly itemId: string;
}

/**
 * Adds a pack to an item; the same id and body again answer the same record. Throws
 * `catalog.unit_disagrees`, `catalog.unit_bridge`, `catalog.pack_taken` (409) and, for a conversion
 * that is none, `catalog.pack_same`, `catalog.pack_standard`, `catalog.pack_lookalike` (422).
 */
export async function createConversion(ctx: Ctx, input: NewConversionOf): Promise<Conversion> {
  authorise(ctx, "catalog.change", null);
  return ctx.app.db.withTransaction((tx) => addConversion(tx, input));
}

/** Step: `createConversion` inside another module's transaction. */
export async function addConversion(tx: Tx, input: NewConversionOf): Promise<Conversion> {
  const wanted = ratioOf(input);
  checkConversion(wanted);
  const found = await lockItem(tx, input.itemId);
  if (found === undefined) throw errors.notFound("item");
  const fields = { ...input, id: input.id ?? newId() };
  const twin = await queries.findConversion(tx, fields.id);
  if (twin !== undefined) return asReplayed(twin, fields);
  if (found.item.archived) throw errors.archived("item");
  const others = await queries.findUnitConversions(tx, input.itemId);
  if (others.length >= conversionsMax) throw errors.packsTooMany(conversionsMax);
  const hasTwin = others.some(({ from }) => from === wanted.from);
  if (hasTwin) throw errors.packTaken(undefined);
  checkUnits({ ...found.item, conversions: [...others, wanted] });
  const added = await named(queries.insertConversion(tx, fields));
  if (added === undefined) throw errors.idTaken();
  return added;
}

function ratioOf({ from, to, numerator, denominator }: NewConversion): UnitConversion {
  return { from, to, numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

export interface ConversionRef {
  readonly itemId: string;
  readonly id: string;
}

export async function getConversion(ctx: Ctx, { itemId, id }: ConversionRef): Promise<Conversion> {
  authorise(ctx, "catalog.read");
  const found = await queries.findConversion(ctx.app.db, id);
  if (found?.itemId !== itemId) throw errors.notFound("conversion");
  return found;
}

/** Throws `catalog.item_not_found` (404). */
export async function listConversions(
  ctx: Ctx,
  query: queries.ConversionFilter,
): Promise<ConversionPage> {
  authorise(ctx, "catalog.read");
  const item = await findItem(ctx.app.db, query.itemId);
  if (item === undefined) throw errors.notFound("item");
  return queries.listConversions(ctx.app.db, query);
}

/** Deletes a conversion: documents keep the factor they used. */
export async function deleteConversion(ctx: Ctx, { itemId, id }: ConversionRef): Promise<void> {
  authorise(ctx, "catalog.change", null);
  await ctx.app.db.withTransaction(async (tx) => {
    const isGone = await queries.deleteConversion(tx, itemId, id);
    if (!isGone) throw errors.notFound("conversion");
  });
}

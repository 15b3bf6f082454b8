import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { taxCodeExists } from "#modules/settings/index.ts";
import type { Kept } from "#platform/cache.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db, Tx } from "#platform/db.ts";
import type { Seen } from "#platform/db-records.ts";
import { type DecimalInput, decimal, decimalText } from "#platform/decimal.ts";
import { type EventType, publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { itemAdded, itemArchived, itemChanged, itemPriceChanged } from "../events.ts";
import {
  type Allergens,
  type Item,
  ItemPage,
  type ItemPatch,
  type NewItem,
} from "../model/items.ts";
import { holdCategory } from "../queries/categories.ts";
import { findUnitConversions } from "../queries/conversions.ts";
import * as queries from "../queries/items.ts";
import { checkUnits } from "../rules.ts";
import { asReplayed, type Change, named, refusalOf } from "./refusals.ts";

export type { LineItem } from "../queries/items.ts";

/**
 * Adds an item; the same id and body again answer the same record. Throws `catalog.name_taken`,
 * `catalog.barcode_taken`, `catalog.id_taken` (409), `catalog.tax_code_unknown` and
 * `catalog.category_unknown` (422).
 */
export async function createItem(ctx: Ctx, input: NewItem): Promise<Item> {
  authorise(ctx, "catalog.change", null);
  return changing(ctx, async (tx) => {
    const { item, isNew } = await add(tx, input);
    const subject = { kind: "item", id: item.id };
    if (isNew) await recordDeed(tx, ctx, { action: "item.added", subject });
    return item;
  });
}

/** Step: `createItem` inside another module's transaction. */
export async function addItem(tx: Tx, input: NewItem): Promise<Item> {
  return (await add(tx, input)).item;
}

async function add(tx: Tx, input: NewItem): Promise<{ item: Item; isNew: boolean }> {
  const fields = fieldsOf(input);
  checkUnits({ ...fields, conversions: [] });
  await checkReferences(tx, fields);
  const added = await named(queries.insertItem(tx, fields));
  if (added === undefined) {
    return { item: asReplayed(await queries.findItem(tx, fields.id), fields), isNew: false };
  }
  tell(tx, itemAdded, added.id);
  return { item: added, isNew: true };
}

/** Throws `catalog.item_not_found` (404). Archived items are found. */
export async function getItem(ctx: Ctx, id: string): Promise<Item> {
  authorise(ctx, "catalog.read");
  const found = await queries.findItem(ctx.app.db, id);
  if (found === undefined) throw errors.notFound("item");
  return found;
}

/** The price book among them. The same for all who may read it; for looking, not for selling. */
export async function listItems(ctx: Ctx, query: queries.ItemFilter): Promise<Kept> {
  authorise(ctx, "catalog.read");
  const times = { ttlSeconds: 30, aloneSeconds: ctx.app.config.limits.podsMax > 1 ? 0 : 10 };
  const what = { cache: "catalog", key: ["items", query], tags: [catalogTag], shape: ItemPage };
  return ctx.app.cache.read({ ...what, ...times }, () => queries.listItems(ctx.app.db, query));
}

/**
 * Merges a patch. Throws what `createItem` throws and `catalog.stale` (412), `catalog.archived`,
 * `catalog.unit_locked`, `catalog.stocking_locked`, `catalog.unit_disagrees`, `catalog.unit_bridge` (409).
 */
export async function changeItem(ctx: Ctx, change: Change<ItemPatch>): Promise<Item> {
  authorise(ctx, "catalog.change", null);
  const { id, version, patch } = change;
  return changing(ctx, async (tx) => {
    const found = await queries.lockItem(tx, id);
    const { item, unitLocked } = found ?? {};
    if (item === undefined || item.archived || item.version !== version) {
      throw refusalOf({ noun: "item", found: item });
    }
    const next = merged(item, patch);
    if (next.unit !== item.unit && unitLocked === true) throw errors.unitLocked();
    if (next.stocking !== item.stocking && unitLocked === true) throw errors.stockingLocked();
    await checkReferences(tx, next, item);
    checkUnits({ ...next, conversions: await findUnitConversions(tx, id) });
    const changed = await named(queries.updateItem(tx, { id, version }, next));
    if (changed === undefined) throw errors.stale("item");
    tell(tx, itemChanged, id);
    await recordPrice(tx, ctx, item, changed);
    return changed;
  });
}

/** Takes an item out of use: it stays readable, and its stock stays. */
export async function archiveItem(ctx: Ctx, seen: Seen): Promise<void> {
  authorise(ctx, "catalog.change", null);
  await changing(ctx, async (tx) => {
    if (!(await queries.archiveItem(tx, seen))) {
      throw refusalOf({ noun: "item", found: await queries.findItem(tx, seen.id) });
    }
    await recordDeed(tx, ctx, { action: "item.archived", subject: { kind: "item", id: seen.id } });
    tell(tx, itemArchived, seen.id);
  });
}

/** What the cache knows all answers about items by, their names in reports too. */
export const catalogTag = "catalog";

/** Who changes an item sees it at once; others as soon as the cache is told, here or by the worker. */
function changing<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { db, cache } = ctx.app;
  return cache.changing([catalogTag], () => db.withTransaction(work));
}

async function recordPrice(tx: Tx, ctx: Ctx, before: Item, after: Item): Promise<void> {
  if (before.price === after.price) return;
  await recordDeed(tx, ctx, {
    action: "item.price_changed",
    subject: { kind: "item", id: after.id },
    before: { price: before.price },
    after: { price: after.price },
  });
  tell(tx, itemPriceChanged, after.id);
}

function tell(tx: Tx, event: EventType, subjectId: string): void {
  publish(tx, event, { siteId: null, businessDate: null, subjectId, payload: {} });
}

/** What is named must be in use; what was named before may have been archived since. */
async function checkReferences(
  tx: Tx,
  { taxCode, categoryId }: queries.ItemFields,
  before?: Item,
): Promise<void> {
  if (taxCode !== null && taxCode !== before?.taxCode && !(await taxCodeExists(tx, taxCode))) {
    throw errors.taxCodeUnknown();
  }
  if (categoryId === null || categoryId === before?.categoryId) return;
  if (!(await holdCategory(tx, categoryId))) throw errors.categoryUnknown();
}

function fieldsOf(input: NewItem): queries.ItemFields {
  return {
    id: input.id ?? newId(),
    name: input.name,
    kind: input.kind,
    stocking: input.stocking,
    unit: input.unit,
    categoryId: input.categoryId ?? null,
    price: exact(input.price, null),
    taxCode: input.taxCode ?? null,
    barcode: input.barcode ?? null,
    reorderLevel: exact(input.reorderLevel, null),
    shelfLifeDays: input.shelfLifeDays ?? null,
    allergens: input.allergens ?? {},
    density: exact(input.density, null),
    pieceWeight: exact(input.pieceWeight, null),
  };
}

function merged({ archived: _, version: __, ...item }: Item, patch: ItemPatch): queries.ItemFields {
  return {
    ...item,
    ...patch,
    price: exact(patch.price, item.price),
    reorderLevel: exact(patch.reorderLevel, item.reorderLevel),
    allergens: mergedAllergens(item.allergens, patch.allergens),
    density: exact(patch.density, item.density),
    pieceWeight: exact(patch.pieceWeight, item.pieceWeight),
  };
}

function mergedAllergens(known: Allergens, patch: ItemPatch["allergens"] = {}): Allergens {
  const entries = Object.entries({ ...known, ...patch }).filter(([, state]) => state !== null);
  return Object.fromEntries(entries) as Allergens;
}

function exact(input: DecimalInput | null | undefined, otherwise: string | null): string | null {
  if (input === undefined) return otherwise;
  return input === null ? null : decimalText(decimal(input));
}

/**
 * Step: fixes the units of items that get their first movement. One statement; nothing happens to
 * those that are fixed. An item read with `unitLocked: false` must be read again after it, before
 * its quantities are converted: its unit may have changed until now.
 */
export function lockUnit(tx: Tx, itemIds: readonly string[]): Promise<void> {
  return queries.lockUnit(tx, itemIds);
}

/** Step: the items that a document's lines name, by id, archived ones too, in one statement. */
export function findItemsForLines(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, queries.LineItem>> {
  return queries.findItemsForLines(db, ids);
}

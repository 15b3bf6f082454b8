import { siteUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import { type Decimal, decimal, divide, VALUE_PLACES, ZERO } from "#platform/decimal.ts";
import { findMoment } from "../queries/balances.ts";
import { listOpenLayers, type OpenLayersQuestion } from "../queries/preview.ts";

/** What there is of one item to take, layer by layer in the order of taking. */
export interface Takeable {
  readonly quantity: Decimal;
  readonly layers: readonly { readonly quantity: Decimal; readonly value: Decimal }[];
}

/**
 * Step: what a command of a moment may take of items at a site, without taking it: not held, not
 * expired, in by then, on hand ever since. True only while the balances are locked, otherwise a look.
 */
export async function peekStock(
  db: Db,
  question: OpenLayersQuestion,
): Promise<ReadonlyMap<string, Takeable>> {
  const found = new Map<string, Takeable>();
  for (const row of await listOpenLayers(db, question)) {
    const before = found.get(row.itemId) ?? { quantity: ZERO, layers: [] };
    const layer = { quantity: decimal(row.quantity), value: decimal(row.value) };
    const all = before.quantity.plus(layer.quantity);
    const least = decimal(row.least);
    const quantity = all.gt(least) ? least : all;
    found.set(row.itemId, { quantity, layers: [...before.layers, layer] });
  }
  return found;
}

/**
 * What taking a quantity would cost, rounded layer by layer as it is when it is taken (domain rules
 * 3).
 */
export function costOfTaking(takeable: Takeable | undefined, wanted: Decimal) {
  let missing = wanted;
  let cost = ZERO;
  for (const layer of takeable?.layers ?? []) {
    if (missing.eq(ZERO)) break;
    const isWhole = missing.gte(layer.quantity);
    const taken = isWhole ? layer.quantity : missing;
    const part = divide(layer.value.times(taken), layer.quantity, VALUE_PLACES);
    cost = cost.plus(isWhole ? layer.value : part);
    missing = missing.minus(taken);
  }
  return { cost, missing };
}

/** Step: this moment at a site in use, for a look. Throws `sites.site_unknown` (422). */
export async function momentOfLook(db: Db, ctx: Ctx, siteId: string) {
  const found = await findMoment(db, { siteId, at: undefined, now: ctx.now() });
  if (!found?.isInUse) throw siteUnknown("/query/siteId");
  const { effectiveAt, effectiveOn } = found;
  return { siteId, effectiveAt, effectiveOn };
}

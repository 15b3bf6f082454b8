import { lockUnit } from "#modules/catalog/index.ts";
import { pinPeriods, siteUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import { periodClosed } from "../errors.ts";
import { stockOpened } from "../events.ts";
import { findMoment } from "../queries/balances.ts";
import { lockBalances, receive } from "./ledger.ts";

/** A lot that was there before these books began. */
export interface OpeningLot {
  readonly itemId: string;
  /** Stock unit, above 0. */
  readonly quantity: string;
  /** Ledger value of all of it. */
  readonly value: string;
  /** When it came in; may be long ago. */
  readonly effectiveAt: string;
  readonly expiresOn?: string | null;
  readonly supplierLot?: string | null;
}

export interface OpeningStock {
  readonly siteId: string;
  /** The import that brings it. */
  readonly sourceId: string;
  readonly lots: readonly OpeningLot[];
}

/** Which lot and layer an opening lot became, in the order they were given. */
export interface OpenedLot {
  readonly lotId: string;
  readonly layerId: string;
}

/**
 * Step: puts opening stock on the books, dated as it was: no window holds for it, so it is for
 * imports by the system only, never for a door. Throws `sites.site_unknown` and, by the number of
 * the lot, `stock.period_closed` (422). The caller sees to it that items are stocked and that
 * quantities are in their stock unit.
 */
export async function openStock(tx: Tx, ctx: Ctx, opening: OpeningStock): Promise<OpenedLot[]> {
  invariant(ctx.actor.kind === "system", "only the system opens stock");
  const { siteId, sourceId, lots } = opening;
  const itemIds = [...new Set(lots.map((lot) => lot.itemId))];
  await pinPeriods(tx, siteId);
  await lockUnit(tx, itemIds);
  const locked = await lockBalances(tx, siteId, itemIds);
  const opened = lots.map(() => ({ lotId: newId(), layerId: newId() }));
  const lines = lots.map((lot, index) => {
    const ids = opened[index];
    invariant(ids, "every lot has its ids");
    return { ...lot, ...ids, movementId: newId() };
  });
  const times = [...new Set(lots.map((lot) => lot.effectiveAt))].sort();
  for (const at of times) {
    const moment = await findMoment(tx, { siteId, at, now: ctx.now() });
    if (!moment?.isInUse) throw siteUnknown();
    if (moment.isClosed) {
      throw periodClosed(`/lots/${lots.findIndex((lot) => lot.effectiveAt === at)}`);
    }
    const { effectiveAt, effectiveOn } = moment;
    const dated = lines.filter((line) => line.effectiveAt === at);
    const posting = { siteId, sourceId, effectiveAt, effectiveOn, lines: dated };
    await receive(tx, ctx, { ...posting, type: "receipt", origin: "import" }, locked);
  }
  publish(tx, stockOpened, { siteId, businessDate: null, subjectId: sourceId, payload: {} });
  return opened;
}

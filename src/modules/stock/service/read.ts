import { listVisible, permittedSites, visible } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { Hold, HoldPage } from "../model/hold.ts";
import { BalancePage, LayerPage, Lot, MovementPage, ShortfallPage } from "../model/ledger.ts";
import * as holds from "../queries/holds.ts";
import * as balances from "../queries/list-balances.ts";
import { listBalancesAsOf } from "../queries/list-balances-as-of.ts";
import * as layers from "../queries/list-layers.ts";
import * as movements from "../queries/list-movements.ts";
import * as shortfalls from "../queries/list-shortfalls.ts";

const permission = "stock.read";

/**
 * What is on hand, by item and site, now or as of a moment; `available` leaves out what is held or
 * expired on that day.
 */
export function listBalances(
  ctx: Ctx,
  query: balances.BalanceFilter & { readonly asOf?: string | undefined },
): Promise<BalancePage> {
  return listVisible(ctx, { permission, shape: BalancePage, query }, (scoped) =>
    scoped.asOf === undefined
      ? balances.listBalances(ctx.app.db, scoped, ctx.now())
      : listBalancesAsOf(ctx.app.db, scoped, scoped.asOf),
  );
}

export function listLayers(ctx: Ctx, query: layers.LayerFilter): Promise<LayerPage> {
  return listVisible(ctx, { permission, shape: LayerPage, query }, (scoped) =>
    layers.listLayers(ctx.app.db, scoped),
  );
}

export function listMovements(ctx: Ctx, query: movements.MovementFilter): Promise<MovementPage> {
  return listVisible(ctx, { permission, shape: MovementPage, query }, (scoped) =>
    movements.listMovements(ctx.app.db, scoped),
  );
}

export function listShortfalls(
  ctx: Ctx,
  query: shortfalls.ShortfallFilter,
): Promise<ShortfallPage> {
  return listVisible(ctx, { permission, shape: ShortfallPage, query }, (scoped) =>
    shortfalls.listShortfalls(ctx.app.db, scoped),
  );
}

const holdsShownMax = 50;

/**
 * A lot with its layers at the sites the actor reads: whoever reads none where it has or had a
 * layer does not see it. Throws `stock.lot_not_found` (404).
 */
export async function getLot(ctx: Ctx, id: string): Promise<Lot> {
  const siteIds = permittedSites(ctx, permission);
  const lot = await layers.findLot(ctx.app.db, id, siteIds);
  if (lot === undefined) throw errors.lotNotFound();
  const stops = await holds.listHolds(ctx.app.db, { stoppedLotId: id, limit: holdsShownMax });
  return visible(ctx, Lot, { ...lot, holds: stops.data });
}

/** Holds that stop a lot of a site the actor reads. */
export function listHolds(ctx: Ctx, query: holds.HoldFilter): Promise<HoldPage> {
  const siteIds = permittedSites(ctx, permission);
  return holds.listHolds(ctx.app.db, { ...query, siteIds });
}

/** Throws `stock.hold_not_found` (404). */
export async function getHold(ctx: Ctx, id: string): Promise<Hold> {
  const siteIds = permittedSites(ctx, permission);
  const [hold] = (await holds.listHolds(ctx.app.db, { id, siteIds, limit: 1 })).data;
  if (hold === undefined) throw errors.holdNotFound();
  return hold;
}

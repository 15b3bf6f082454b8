import { authorise, authoriseAtAny } from "#modules/access/index.ts";
import { listPartsOf, traceLots } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { cursorKeys, idKey, numberKey, type PageQuery, pageOf } from "#platform/page.ts";
import * as errors from "../errors.ts";
import type { LotSalePage, Trace, TracedLot } from "../model.ts";
import { listBalances, listLots, listSitesOf } from "../queries/lots.ts";
import { listSales } from "../queries/trade.ts";

export interface TraceRequest extends PageQuery {
  readonly lotId: string;
  readonly direction: Trace["direction"];
}

export const permission = "recalls.read";

type LotLevel = readonly [lotId: string, level: number];

/**
 * What a lot went into or was made of: every lot, exactly, nearest first, a page at a time, with
 * what went into each and where all of it went (domain rules 9). Throws `recalls.lot_not_found`.
 */
export async function traceLot(ctx: Ctx, request: TraceRequest): Promise<Trace> {
  authorise(ctx, permission);
  const { lotId, direction } = request;
  return ctx.app.db.withSnapshot(async (db) => {
    await requireSeen(db, ctx, lotId);
    const levels = await traceLots(db, lotId, direction);
    const [level = "-1", lot = ""] = cursorKeys(request, numberKey, idKey) ?? [];
    const isAfter = ([id, steps]: LotLevel) =>
      steps > Number(level) || (steps === Number(level) && id > lot);
    const page = pageOf(
      [...levels].filter(isAfter).slice(0, request.limit + 1),
      request,
      ([id, steps]: LotLevel) => [String(steps), id],
      ([id]) => id,
    );
    const data = await describe(db, page.data, levels);
    return { ...page, lotId, direction, lotCount: levels.size, levels: deepest(levels), data };
  });
}

/** The sales that took some of a lot or of what holds some of it, by id. */
export async function traceSales(ctx: Ctx, request: Omit<TraceRequest, "direction">) {
  authorise(ctx, permission);
  return ctx.app.db.withSnapshot(async (db): Promise<LotSalePage> => {
    await requireSeen(db, ctx, request.lotId);
    const levels = await traceLots(db, request.lotId, "forward");
    return listSales(db, [...levels.keys()], request);
  });
}

/**
 * Step: throws `recalls.lot_not_found` (404) unless the actor may trace at a site where the lot has
 * or had a layer. What is reached from there is told whole, wherever it lies.
 */
export async function requireSeen(db: Db, ctx: Ctx, lotId: string): Promise<void> {
  const siteIds = await listSitesOf(db, lotId);
  authoriseAtAny(ctx, permission, siteIds, { read: permission, missing: errors.lotNotFound });
}

/** Step: lots of a trace as they are told, in their order. */
export async function describe(
  db: Db,
  lotIds: readonly string[],
  levels: ReadonlyMap<string, number>,
): Promise<TracedLot[]> {
  const lots = await listLots(db, lotIds);
  const balances = await listBalances(db, lotIds);
  const parts = new Map<string, TracedLot["parts"]>();
  for (const { fromLotId, toLotId, quantity } of await listPartsOf(db, lotIds)) {
    if (!levels.has(fromLotId)) continue;
    const known = parts.get(toLotId) ?? [];
    known.push({ lotId: fromLotId, quantity });
    parts.set(toLotId, known);
  }
  return lots.map((lot) => {
    const balance = balances.get(lot.id);
    invariant(balance, "every lot asked for has a balance");
    return { ...lot, level: levels.get(lot.id) ?? 0, parts: parts.get(lot.id) ?? [], balance };
  });
}

function deepest(levels: ReadonlyMap<string, number>): number {
  return [...levels.values()].at(-1) ?? 0;
}

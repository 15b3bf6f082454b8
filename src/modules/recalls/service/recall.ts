import { authorise } from "#modules/access/index.ts";
import { traceLots } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import { decimal, decimalText } from "#platform/decimal.ts";
import type { Recall } from "../model.ts";
import { listContacts } from "../queries/lots.ts";
import { countSales, listSoldDays, listTransfers, listWasted } from "../queries/trade.ts";
import { describe, permission, requireSeen } from "./trace.ts";

const perThousand = decimal("0.001");

/**
 * A recall drill: the set of lots that hold some of one, where they are and went, what it was made
 * of, whom to call, and the seconds it took (domain rules 9). From one snapshot; changes nothing.
 * Throws `recalls.lot_not_found` (404).
 */
export async function drillRecall(ctx: Ctx, lotId: string): Promise<Recall> {
  authorise(ctx, permission);
  const started = ctx.now();
  return ctx.app.db.withSnapshot(async (db) => {
    await requireSeen(db, ctx, lotId);
    const set = await traceLots(db, lotId, "forward");
    const back = await traceLots(db, lotId, "backward");
    const [setIds, backIds] = [[...set.keys()], [...back.keys()].slice(1)];
    const lots = await describe(db, setIds, set);
    const origins = await describe(db, backIds, back);
    const found = {
      saleCount: await countSales(db, setIds),
      sold: await listSoldDays(db, setIds),
      wasted: await listWasted(db, setIds),
      transfers: await listTransfers(db, setIds),
      contacts: await listContacts(db, [...new Set([...setIds, ...backIds])]),
    };
    const tookMs = ctx.now().getTime() - started.getTime();
    return {
      lotId,
      drilledAt: started.toISOString(),
      seconds: decimalText(decimal(tookMs).times(perThousand)),
      isHeld: lots.every((lot) => lot.isHeld),
      isBalanced: [...lots, ...origins].every((lot) => lot.balance.isBalanced),
      lots,
      origins,
      ...found,
    };
  });
}

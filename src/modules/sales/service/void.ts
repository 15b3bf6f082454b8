import { lockStockOf, momentAfter, undoSale } from "#modules/stock/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import type { Sale } from "../model/sale.ts";
import { findSale } from "../queries/read.ts";
import { findRefundable, lockSale } from "../queries/refundable.ts";
import { insertVoid } from "../queries/write.ts";

export interface VoidRequest {
  readonly saleId: string;
  readonly key: string;
  readonly reason: string;
}

/**
 * Voids a sale on its own business date (domain rules 6): every allocation goes back to its own
 * layer, same quantity and value; open shortfalls are cancelled; the receipt keeps its number.
 * Throws `sales.void_too_late`, `sales.voided`, `sales.refunded` and `sales.history` (409).
 */
export function voidSale(ctx: Ctx, request: VoidRequest): Promise<CommandResult<Sale>> {
  const { saleId, key, reason } = request;
  const counts = { name: "sales_voided", help: "Sales voided" };
  const command = { route: `sales/${saleId}/void`, key, body: { reason }, counts };
  return runCommand(ctx, command, async (tx) => {
    const siteId = await lockSale(tx, saleId);
    if (siteId === undefined) throw errors.saleNotFound();
    await lockStockOf(tx, siteId, saleId);
    const sale = await findRefundable(tx, saleId);
    invariant(sale, "the sale was locked in this transaction");
    if (sale.kind === "history") throw errors.historyIsFixed();
    if (sale.isVoided) throw errors.alreadyVoided();
    if (sale.number > 1) throw errors.alreadyRefunded();
    const moment = await momentAfter(tx, ctx, siteId, sale.latestAt);
    if (moment.businessDate !== sale.businessDate) throw errors.voidTooLate();
    const { effectiveAt } = moment;
    await insertVoid(tx, { saleId, reason, actor: ctx.actor.id, effectiveAt });
    await undoSale(tx, ctx, saleId, moment);
    const voided = await findSale(tx, saleId);
    invariant(voided, "the sale was read in this transaction");
    return { status: 200, body: voided };
  });
}

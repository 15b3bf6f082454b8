import { visibleRecordResult } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { lockStockOf, momentAfter, undoSale } from "#modules/stock/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import * as errors from "../errors.ts";
import { saleVoided } from "../events.ts";
import { Sale } from "../model/sale.ts";
import { findSale } from "../queries/read.ts";
import { findRefundable } from "../queries/refundable.ts";
import { insertVoid } from "../queries/write.ts";
import { authoriseUndo, lockUndoable, replaying } from "./undo.ts";

export interface VoidRequest {
  readonly saleId: string;
  readonly key: string;
  readonly reason: string;
  /** Of somebody who may void, for an actor at a till who may not. */
  readonly approvalId?: string | undefined;
}

/**
 * Voids a sale on its own business date (domain rules 6): every allocation goes back to its own
 * layer, same quantity and value; open shortfalls are cancelled; the receipt keeps its number.
 * Throws `sales.void_too_late`, `sales.voided`, `sales.refunded` and `sales.history` (409), and
 * `access.forbidden` (403) without the permission or an approval.
 */
export async function voidSale(ctx: Ctx, request: VoidRequest): Promise<CommandResult<Sale>> {
  const { saleId, key, reason, approvalId } = request;
  const undoing = { saleId, permission: "sales.void", approvalId } as const;
  authoriseUndo(ctx, undoing);
  const counts = { name: "sales_voided", help: "Sales voided" };
  // The approval is no part of what is done: a replay needs none, nor the same.
  const command = { route: `sales/${saleId}/void`, key, body: { reason }, counts };
  const running = runCommand(ctx, command, async (tx) => {
    const { siteId, approverId } = await lockUndoable(tx, ctx, undoing);
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
    const after = { total: voided.total, ...(approverId === undefined ? {} : { approverId }) };
    const subject = { kind: "sale", id: saleId };
    await recordDeed(tx, ctx, { action: "sale.voided", subject, siteId, after });
    const { businessDate } = sale;
    publish(tx, saleVoided, { siteId, businessDate, subjectId: saleId, payload: {} });
    return { status: 200, body: voided };
  });
  return visibleRecordResult(ctx, { shape: Sale, ...replaying(undoing) }, running);
}

import { postingMoment, undoSale } from "#modules/stock/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import type { Sale } from "../model.ts";
import { findSale } from "../queries/read.ts";
import { insertVoid } from "../queries/write.ts";

export interface VoidRequest {
  readonly saleId: string;
  readonly key: string;
  readonly reason: string;
}

/**
 * Voids a sale on its own business date (domain rules 6): every allocation goes back to its own
 * layer, same quantity and value; open shortfalls are cancelled; the receipt keeps its number.
 * Throws `sales.void_too_late`, `sales.voided` and `sales.history` (409).
 */
export function voidSale(ctx: Ctx, request: VoidRequest): Promise<CommandResult<Sale>> {
  const { saleId, key, reason } = request;
  const counts = { name: "sales_voided", help: "Sales voided" };
  const command = { route: `sales/${saleId}/void`, key, body: { reason }, counts };
  return runCommand(ctx, command, async (tx) => {
    const sale = await findSale(tx, saleId);
    if (!sale) throw errors.saleNotFound();
    if (sale.kind === "history") throw errors.historyIsFixed();
    const moment = await postingMoment(tx, ctx, sale.siteId);
    if (moment.businessDate !== sale.businessDate) throw errors.voidTooLate();
    const row = { saleId, reason, actor: ctx.actor.id, at: ctx.now() };
    if (!(await insertVoid(tx, row))) throw errors.alreadyVoided();
    await undoSale(tx, ctx, sale, moment);
    const voided = await findSale(tx, saleId);
    invariant(voided, "the sale was read in this transaction");
    return { status: 200, body: voided };
  });
}

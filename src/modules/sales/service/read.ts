import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { Refund, RefundPage } from "../model/refund.ts";
import type { Sale, SalePage } from "../model/sale.ts";
import * as queries from "../queries/read.ts";
import * as refunds from "../queries/refunds.ts";

/** A sale with what its lines cost by now. Throws `sales.not_found`. */
export async function getSale(ctx: Ctx, id: string): Promise<Sale> {
  const sale = await queries.findSale(ctx.app.db, id);
  if (!sale) throw errors.saleNotFound();
  return sale;
}

/** Sales, newest business date first. */
export function listSales(ctx: Ctx, query: queries.SaleFilter): Promise<SalePage> {
  return queries.listSales(ctx.app.db, query);
}

/** Throws `sales.refund_not_found` (404). */
export async function getRefund(ctx: Ctx, id: string): Promise<Refund> {
  const refund = await refunds.findRefund(ctx.app.db, id);
  if (!refund) throw errors.refundNotFound();
  return refund;
}

/** Refunds, newest business date first. */
export function listRefunds(ctx: Ctx, query: refunds.RefundFilter): Promise<RefundPage> {
  return refunds.listRefunds(ctx.app.db, query);
}

/** The refunds of a sale. Throws `sales.not_found` (404). */
export async function listRefundsOfSale(
  ctx: Ctx,
  query: refunds.RefundFilter & { readonly saleId: string },
): Promise<RefundPage> {
  await getSale(ctx, query.saleId);
  return refunds.listRefunds(ctx.app.db, query);
}

import { authorise, getVisible, listVisible, may, visible } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import { Refund, RefundPage } from "../model/refund.ts";
import { Sale, SalePage } from "../model/sale.ts";
import * as queries from "../queries/read.ts";
import * as refunds from "../queries/refunds.ts";

const permission = "sales.read";

/** A sale with what its lines cost by now. Throws `sales.not_found`. */
export function getSale(ctx: Ctx, id: string): Promise<Sale> {
  const missing = errors.saleNotFound;
  return getVisible(ctx, { permission, shape: Sale, missing }, () =>
    queries.findSale(ctx.app.db, id),
  );
}

/** Sales, newest business date first. */
export function listSales(ctx: Ctx, query: queries.SaleFilter): Promise<SalePage> {
  return listVisible(ctx, { permission, shape: SalePage, query }, (scoped) =>
    queries.listSales(ctx.app.db, scoped),
  );
}

/** Throws `sales.refund_not_found` (404). */
export function getRefund(ctx: Ctx, id: string): Promise<Refund> {
  const missing = errors.refundNotFound;
  return getVisible(ctx, { permission, shape: Refund, missing }, () =>
    refunds.findRefund(ctx.app.db, id),
  );
}

/** Refunds, newest business date first. */
export function listRefunds(ctx: Ctx, query: refunds.RefundFilter): Promise<RefundPage> {
  return listVisible(ctx, { permission, shape: RefundPage, query }, (scoped) =>
    refunds.listRefunds(ctx.app.db, scoped),
  );
}

/** The refunds of a sale. Throws `sales.not_found` (404). */
export async function listRefundsOfSale(
  ctx: Ctx,
  query: refunds.RefundFilter & { readonly saleId: string },
): Promise<RefundPage> {
  authorise(ctx, permission);
  const siteId = await queries.findSiteOfSale(ctx.app.db, query.saleId);
  if (siteId === undefined || !may(ctx, permission, siteId)) throw errors.saleNotFound();
  return visible(ctx, RefundPage, await refunds.listRefunds(ctx.app.db, query));
}

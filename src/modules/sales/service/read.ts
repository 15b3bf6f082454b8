import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { Sale, SalePage } from "../model.ts";
import * as queries from "../queries/read.ts";

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

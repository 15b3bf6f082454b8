import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Db, inOrder } from "#platform/db.ts";
import { decimal, moneyText } from "#platform/decimal.ts";
import * as errors from "../errors.ts";
import type { Count, CountPage } from "../model/count.ts";
import type { BalancePage, LayerPage, Lot, MovementPage, ShortfallPage } from "../model/ledger.ts";
import type { Receipt, ReceiptPage } from "../model/receipt.ts";
import type { Waste, WastePage } from "../model/waste.ts";
import * as counts from "../queries/counts.ts";
import type { DocumentFilter } from "../queries/documents.ts";
import * as balances from "../queries/list-balances.ts";
import * as layers from "../queries/list-layers.ts";
import * as movements from "../queries/list-movements.ts";
import * as shortfalls from "../queries/list-shortfalls.ts";
import * as receipts from "../queries/receipts.ts";
import * as wastes from "../queries/wastes.ts";

/**
 * What is on hand, by item and site, now or as of a moment; `available` leaves out what is held or
 * expired on that day.
 */
export function listBalances(
  ctx: Ctx,
  query: balances.BalanceFilter & { readonly asOf?: string | undefined },
): Promise<BalancePage> {
  const { asOf } = query;
  if (asOf !== undefined) return balances.listBalancesAsOf(ctx.app.db, query, asOf);
  return balances.listBalances(ctx.app.db, query, ctx.now());
}

export function listLayers(ctx: Ctx, query: layers.LayerFilter): Promise<LayerPage> {
  return layers.listLayers(ctx.app.db, query);
}

export function listMovements(ctx: Ctx, query: movements.MovementFilter): Promise<MovementPage> {
  return movements.listMovements(ctx.app.db, query);
}

export function listShortfalls(
  ctx: Ctx,
  query: shortfalls.ShortfallFilter,
): Promise<ShortfallPage> {
  return shortfalls.listShortfalls(ctx.app.db, query);
}

/** Throws `stock.lot_not_found` (404). */
export async function getLot(ctx: Ctx, id: string): Promise<Lot> {
  const lot = await layers.findLot(ctx.app.db, id);
  if (lot === undefined) throw errors.lotNotFound();
  return lot;
}

/** Receipts, newest first; amounts have the currency's minor digits. */
export function listReceipts(ctx: Ctx, query: DocumentFilter): Promise<ReceiptPage> {
  return paddedReceipts(ctx.app.db, query);
}

async function paddedReceipts(db: Db, query: DocumentFilter): Promise<ReceiptPage> {
  const [settings, page] = await inOrder(readSettings(db), receipts.listReceipts(db, query));
  const digits = minorDigitsOf(settings.currency);
  return { ...page, data: page.data.map((receipt) => padAmounts(receipt, digits)) };
}

function padAmounts(receipt: Receipt, digits: number): Receipt {
  const lines = receipt.lines.map((line) => {
    return { ...line, totalCost: moneyText(decimal(line.totalCost), digits) };
  });
  return { ...receipt, lines };
}

export function listWastes(ctx: Ctx, query: DocumentFilter): Promise<WastePage> {
  return wastes.listWastes(ctx.app.db, query);
}

export function listCounts(ctx: Ctx, query: DocumentFilter): Promise<CountPage> {
  return counts.listCounts(ctx.app.db, query);
}

/** Throws `stock.document_not_found` (404), as all three do. */
export async function getReceipt(ctx: Ctx, id: string): Promise<Receipt> {
  return found((await paddedReceipts(ctx.app.db, { id, limit: 1 })).data);
}

export async function getWaste(ctx: Ctx, id: string): Promise<Waste> {
  return found((await wastes.listWastes(ctx.app.db, { id, limit: 1 })).data);
}

export async function getCount(ctx: Ctx, id: string): Promise<Count> {
  return found((await counts.listCounts(ctx.app.db, { id, limit: 1 })).data);
}

function found<T>([first]: readonly T[]): T {
  if (first === undefined) throw errors.documentNotFound();
  return first;
}

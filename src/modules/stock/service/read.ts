import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Db, inOrder } from "#platform/db.ts";
import { decimal, moneyText } from "#platform/decimal.ts";
import * as errors from "../errors.ts";
import type { Count, CountPage } from "../model/count.ts";
import type { Hold, HoldPage } from "../model/hold.ts";
import type { BalancePage, LayerPage, Lot, MovementPage, ShortfallPage } from "../model/ledger.ts";
import type { Receipt, ReceiptPage } from "../model/receipt.ts";
import type { Transfer, TransferPage } from "../model/transfer.ts";
import type { Waste, WastePage } from "../model/waste.ts";
import * as counts from "../queries/counts.ts";
import type { DocumentFilter } from "../queries/documents.ts";
import * as holds from "../queries/holds.ts";
import * as balances from "../queries/list-balances.ts";
import { listBalancesAsOf } from "../queries/list-balances-as-of.ts";
import * as layers from "../queries/list-layers.ts";
import * as movements from "../queries/list-movements.ts";
import * as shortfalls from "../queries/list-shortfalls.ts";
import * as receipts from "../queries/receipts.ts";
import * as transfers from "../queries/transfers.ts";
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
  if (asOf !== undefined) return listBalancesAsOf(ctx.app.db, query, asOf);
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

const holdsShownMax = 50;

/** Throws `stock.lot_not_found` (404). */
export async function getLot(ctx: Ctx, id: string): Promise<Lot> {
  const lot = await layers.findLot(ctx.app.db, id);
  if (lot === undefined) throw errors.lotNotFound();
  const stops = await holds.listHolds(ctx.app.db, { stoppedLotId: id, limit: holdsShownMax });
  return { ...lot, holds: stops.data };
}

export function listHolds(ctx: Ctx, query: holds.HoldFilter): Promise<HoldPage> {
  return holds.listHolds(ctx.app.db, query);
}

/** Throws `stock.hold_not_found` (404). */
export async function getHold(ctx: Ctx, id: string): Promise<Hold> {
  const [hold] = (await holds.listHolds(ctx.app.db, { id, limit: 1 })).data;
  if (hold === undefined) throw errors.holdNotFound();
  return hold;
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
    const money = (text: string) => moneyText(decimal(text), digits);
    return {
      ...line,
      totalCost: money(line.totalCost),
      correctedCost: money(line.correctedCost),
    };
  });
  return { ...receipt, lines };
}

export function listWastes(ctx: Ctx, query: DocumentFilter): Promise<WastePage> {
  return wastes.listWastes(ctx.app.db, query);
}

export function listCounts(ctx: Ctx, query: DocumentFilter): Promise<CountPage> {
  return counts.listCounts(ctx.app.db, query);
}

/** Transfers, newest first. */
export function listTransfers(ctx: Ctx, query: transfers.TransferFilter): Promise<TransferPage> {
  return transfers.listTransfers(ctx.app.db, query);
}

/** Throws `stock.document_not_found` (404), as all of these do. */
export function getReceipt(ctx: Ctx, id: string): Promise<Receipt> {
  return readReceipt(ctx.app.db, id);
}

export function getWaste(ctx: Ctx, id: string): Promise<Waste> {
  return readWaste(ctx.app.db, id);
}

export function getCount(ctx: Ctx, id: string): Promise<Count> {
  return readCount(ctx.app.db, id);
}

export function getTransfer(ctx: Ctx, id: string): Promise<Transfer> {
  return readTransfer(ctx.app.db, id);
}

/** Steps: a document as it is now, also inside the transaction that has changed it. */
export async function readReceipt(db: Db, id: string): Promise<Receipt> {
  return found((await paddedReceipts(db, { id, limit: 1 })).data);
}

export async function readWaste(db: Db, id: string): Promise<Waste> {
  return found((await wastes.listWastes(db, { id, limit: 1 })).data);
}

export async function readCount(db: Db, id: string): Promise<Count> {
  return found((await counts.listCounts(db, { id, limit: 1 })).data);
}

export async function readTransfer(db: Db, id: string): Promise<Transfer> {
  return found((await transfers.listTransfers(db, { id, limit: 1 })).data);
}

function found<T>([first]: readonly T[]): T {
  if (first === undefined) throw errors.documentNotFound();
  return first;
}

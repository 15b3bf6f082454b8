import {
  authorise,
  authoriseAtAny,
  getVisible,
  listPermitted,
  listVisible,
  may,
  visible,
} from "#modules/access/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Db, inOrder } from "#platform/db.ts";
import { decimal, moneyText } from "#platform/decimal.ts";
import type { Whole } from "#platform/schema.ts";
import * as errors from "../errors.ts";
import { Count, CountPage } from "../model/count.ts";
import { Receipt, ReceiptPage } from "../model/receipt.ts";
import { Transfer, type TransferPage } from "../model/transfer.ts";
import { Waste, WastePage } from "../model/waste.ts";
import * as counts from "../queries/counts.ts";
import type { DocumentFilter } from "../queries/documents.ts";
import * as receipts from "../queries/receipts.ts";
import * as transfers from "../queries/transfers.ts";
import * as wastes from "../queries/wastes.ts";

const permission = "stock.read";
const missing = errors.documentNotFound;

/** Receipts, newest first; amounts have the currency's minor digits. */
export function listReceipts(ctx: Ctx, query: DocumentFilter): Promise<ReceiptPage> {
  return listVisible(ctx, { permission, shape: ReceiptPage, query }, (scoped) =>
    paddedReceipts(ctx.app.db, scoped),
  );
}

export function listWastes(ctx: Ctx, query: DocumentFilter): Promise<WastePage> {
  return listVisible(ctx, { permission, shape: WastePage, query }, (scoped) =>
    wastes.listWastes(ctx.app.db, scoped),
  );
}

export function listCounts(ctx: Ctx, query: DocumentFilter): Promise<CountPage> {
  return listVisible(ctx, { permission, shape: CountPage, query }, (scoped) =>
    counts.listCounts(ctx.app.db, scoped),
  );
}

/** Transfers from or to a site the actor reads, newest first. */
export async function listTransfers(
  ctx: Ctx,
  query: transfers.TransferFilter,
): Promise<TransferPage> {
  const page = await listPermitted(ctx, { permission, query }, (scoped) =>
    transfers.listTransfers(ctx.app.db, scoped),
  );
  return { ...page, data: page.data.map((transfer) => visibleTransfer(ctx, transfer)) };
}

/** Throws `stock.document_not_found` (404), as all of these do. */
export function getReceipt(ctx: Ctx, id: string): Promise<Receipt> {
  return getVisible(ctx, { permission, shape: Receipt, missing }, () =>
    readReceipt(ctx.app.db, id),
  );
}

export function getWaste(ctx: Ctx, id: string): Promise<Waste> {
  return getVisible(ctx, { permission, shape: Waste, missing }, () => readWaste(ctx.app.db, id));
}

export function getCount(ctx: Ctx, id: string): Promise<Count> {
  return getVisible(ctx, { permission, shape: Count, missing }, () => readCount(ctx.app.db, id));
}

/** Whoever reads one of its sites reads a transfer. */
export async function getTransfer(ctx: Ctx, id: string): Promise<Transfer> {
  authorise(ctx, permission);
  const transfer = await readTransfer(ctx.app.db, id);
  const siteIds = [transfer.fromSiteId, transfer.toSiteId];
  authoriseAtAny(ctx, permission, siteIds, { read: permission, missing });
  return visibleTransfer(ctx, transfer);
}

/** What was carried is worth the same at both sites: to see costs at one of them is enough. */
export function visibleTransfer(ctx: Ctx, transfer: Transfer): Transfer {
  const { fromSiteId, toSiteId } = transfer;
  const siteId = may(ctx, "costs.read", fromSiteId) ? fromSiteId : toSiteId;
  return visible(ctx, Transfer, transfer, siteId);
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
  if (first === undefined) throw missing();
  return first;
}

async function paddedReceipts(db: Db, query: DocumentFilter): Promise<ReceiptPage> {
  const [settings, page] = await inOrder(readSettings(db), receipts.listReceipts(db, query));
  const digits = minorDigitsOf(settings.currency);
  return { ...page, data: page.data.map((receipt) => padAmounts(receipt, digits)) };
}

function padAmounts(receipt: Whole<Receipt>, digits: number): Receipt {
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

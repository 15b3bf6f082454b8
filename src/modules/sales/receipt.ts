import { hashOf } from "#platform/command.ts";
import { decimal, decimalText } from "#platform/decimal.ts";
import type { PaymentRow, SaleLineRow, SaleRow } from "./queries/write.ts";

/** What a receipt says and its stored rows still say, in one form however the decimals are printed. */
export type ReceiptSale = Pick<
  SaleRow,
  "id" | "siteId" | "tillId" | "businessDate" | "soldAt" | "currency" | (typeof saleAmounts)[number]
>;
export type ReceiptLine = Pick<
  SaleLineRow,
  "itemId" | "name" | "unit" | "taxCode" | (typeof lineAmounts)[number]
>;

const saleAmounts = ["net", "tax", "total", "change", "rounding"] as const;
const lineAmounts = [
  "quantity",
  "unitPrice",
  "gross",
  "discount",
  "taxRate",
  "net",
  "tax",
  "total",
] as const;

/**
 * SHA-256, in hex, of what a receipt says. A till chains these: each receipt's hash covers the one
 * before it, so a changed or missing receipt shows. A chain, not a certified fiscal device.
 */
export function receiptContent(
  sale: ReceiptSale,
  lines: readonly ReceiptLine[],
  payments: readonly PaymentRow[],
): string {
  return hashOf({
    id: sale.id,
    siteId: sale.siteId,
    tillId: sale.tillId,
    businessDate: sale.businessDate,
    soldAt: sale.soldAt,
    currency: sale.currency,
    ...plain(sale, saleAmounts),
    lines: lines.map((line) => ({
      itemId: line.itemId,
      name: line.name,
      unit: line.unit,
      taxCode: line.taxCode,
      ...plain(line, lineAmounts),
    })),
    payments: payments.map(({ method, amount }) => ({ method, ...plain({ amount }, ["amount"]) })),
  });
}

function plain<K extends string>(row: Readonly<Record<K, string>>, columns: readonly K[]) {
  return Object.fromEntries(columns.map((column) => [column, decimalText(decimal(row[column]))]));
}

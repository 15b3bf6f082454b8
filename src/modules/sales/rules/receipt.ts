import { createHash } from "node:crypto";
import { hashOf } from "#platform/command.ts";
import { decimal, decimalText } from "#platform/decimal.ts";

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

/** What a receipt says of a sale; amounts in any notation of the same decimal. */
export interface ReceiptSale extends Readonly<Record<(typeof saleAmounts)[number], string>> {
  readonly id: string;
  readonly siteId: string;
  readonly tillId: string | null;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly currency: string;
}

export interface ReceiptLine extends Readonly<Record<(typeof lineAmounts)[number], string>> {
  readonly itemId: string;
  readonly name: string;
  readonly unit: string;
  readonly taxCode: string | null;
}

export interface ReceiptPayment {
  readonly method: string;
  readonly amount: string;
}

/**
 * SHA-256, in hex, of what a receipt says. A till chains these: each receipt's hash covers the one
 * before it, so a changed or missing receipt shows. A chain, not a certified fiscal device.
 */
export function receiptContent(
  sale: ReceiptSale,
  lines: readonly ReceiptLine[],
  payments: readonly ReceiptPayment[],
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

/**
 * The hash after a receipt: SHA-256 of `hash before:number:content`, in hex; "" before the first.
 */
export function chainHash(before: string, receiptNumber: number, content: string): string {
  return createHash("sha256").update(`${before}:${receiptNumber}:${content}`).digest("hex");
}

import { type Decimal, decimalText, roundTo } from "#platform/decimal.ts";
import {
  at,
  type Fields,
  type Findings,
  isFields,
  nameKey,
  noteUnknown,
  readDecimal,
  readMoment,
  readName,
  readPositive,
} from "./findings.ts";

export interface SaleRow {
  readonly pointer: string;
  readonly product: string;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly total: Decimal;
  /** The wall clock at the site: "2026-11-21 02:52:16". */
  readonly soldAt: string;
  /** 1 for the first line that says this, 2 for its twin: identical lines are not duplicates. */
  readonly occurrence: number;
}

/** What makes two lines of a file the same sale. */
export function saleKey(row: SaleRow): string {
  const { product, quantity, price, total, soldAt, occurrence } = row;
  const amounts = [quantity, price, total].map(decimalText);
  return JSON.stringify([soldAt, product, ...amounts, occurrence]);
}

/** Reads sales; each stands alone. `minorDigits` is what totals are compared by. */
export function readSales(findings: Findings, content: Fields, minorDigits: number) {
  const listed = Object.hasOwn(content, "sales") ? content["sales"] : [];
  if (!Array.isArray(listed)) {
    findings.problem("/sales", "not_a_list", "The sales are not a list.");
    return { rows: [], skipped: 0 };
  }
  const seen = new Map<string, number>();
  const rows: SaleRow[] = [];
  listed.forEach((fields: unknown, index) => {
    const row = readSale(findings, at("/sales", index), fields, minorDigits);
    if (row === undefined) return;
    const twin = saleKey(row);
    const occurrence = (seen.get(twin) ?? 0) + 1;
    seen.set(twin, occurrence);
    rows.push({ ...row, occurrence });
  });
  return { rows, skipped: listed.length - rows.length };
}

const known = ["product", "quantity", "price", "total", "date"];

function readSale(
  findings: Findings,
  pointer: string,
  fields: unknown,
  minorDigits: number,
): SaleRow | undefined {
  if (!isFields(fields)) {
    return findings.problem(pointer, "not_an_object", "This sale is not an object; left out.");
  }
  noteUnknown(findings, pointer, fields, known);
  const product = readName(findings, at(pointer, "product"), fields["product"]);
  const quantity = readPositive(findings, at(pointer, "quantity"), fields["quantity"]);
  const price = readDecimal(findings, at(pointer, "price"), fields["price"]);
  const total = readDecimal(findings, at(pointer, "total"), fields["total"]);
  const soldAt = readMoment(findings, at(pointer, "date"), fields["date"]);
  if (!product || !quantity || !price || !total || !soldAt) return undefined;
  const due = roundTo(price.times(quantity), minorDigits);
  if (!due.eq(roundTo(total, minorDigits))) {
    const text = `Quantity × price is ${decimalText(due)}, but the total says something else.`;
    return findings.problem(at(pointer, "total"), "total", text);
  }
  return { pointer, product: nameKey(product), quantity, price, total: due, soldAt, occurrence: 1 };
}

import type { HistorySale } from "#modules/sales/index.ts";
import { hashOf } from "#platform/command.ts";
import { decimalText } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import { findForeignNumbers, resolveMoments } from "../queries.ts";
import { type SaleRow, saleKey } from "../rules/sale-rows.ts";
import type { Planned, Planning } from "./plan.ts";
import type { PlannedItem } from "./plan-items.ts";

/**
 * Each sale of the file is history under a number made of what it says: the same line, the same
 * number.
 */
export async function planSales(
  { db, ctx, siteId, file }: Planning,
  items: ReadonlyMap<string, PlannedItem>,
): Promise<Planned<HistorySale>> {
  const { sales, findings } = file;
  const local = sales.map((row) => row.soldAt);
  const moments = await resolveMoments(db, { siteId, now: ctx.now(), local });
  const numbers = sales.map(foreignNumberOf);
  const known = await findForeignNumbers(db, siteId, numbers);
  const tally = { created: 0, matched: 0, unchanged: 0, skipped: file.skipped.sale };
  const news: HistorySale[] = [];
  sales.forEach((row, index) => {
    const item = items.get(row.product);
    const moment = moments[index];
    const foreignNumber = numbers[index] ?? "";
    if (item === undefined || moment === undefined) {
      const text = "There is no such product to take: the sale is left out.";
      findings.problem(`${row.pointer}/product`, "product_unknown", text);
      tally.skipped += 1;
    } else if (moment.isFuture) {
      const text = "This day has not come yet at the site: the sale is left out.";
      findings.problem(`${row.pointer}/date`, "future", text);
      tally.skipped += 1;
    } else if (known.has(foreignNumber)) tally.unchanged += 1;
    else if (moment.isClosed) {
      const text = "This day is in a closed period of the site: the sale is left out.";
      findings.problem(`${row.pointer}/date`, "closed", text);
      tally.skipped += 1;
    } else {
      tally.created += 1;
      news.push({
        ...saleOf(row, item),
        foreignNumber,
        soldAt: moment.at,
        businessDate: moment.businessDate,
      });
    }
  });
  return { news, records: [], made: [], tally };
}

function foreignNumberOf(row: SaleRow): string {
  return `bakery-data:${hashOf(saleKey(row)).slice(0, 32)}`;
}

function saleOf({ quantity, price, total }: SaleRow, item: PlannedItem) {
  const line = {
    itemId: item.id,
    name: item.name,
    unit: "piece",
    quantity: decimalText(quantity),
    unitPrice: decimalText(price),
    total: decimalText(total),
  };
  return { saleId: newId(), lines: [line] };
}

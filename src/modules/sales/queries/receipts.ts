import { type Db, statement } from "#platform/db.ts";
import type { ReceiptLine, ReceiptPayment, ReceiptSale } from "../rules/receipt.ts";

/** Where a till's chain stands by the till itself. */
export interface ChainHead {
  readonly tillId: string;
  readonly receiptNumber: number;
  readonly receiptHash: string;
}

const heads = statement(
  "sale_chain_heads",
  `select id as "tillId", receipt_number::integer as "receiptNumber",
     receipt_hash as "receiptHash"
   from sites.tills where ($1::uuid is null or site_id = $1) order by id`,
);

export function listChainHeads(db: Db, siteId?: string): Promise<ChainHead[]> {
  return db.run(heads, [siteId ?? null]);
}

export interface StoredReceipt extends ReceiptSale {
  readonly receiptNumber: number;
  readonly receiptHash: string;
  readonly lines: readonly ReceiptLine[];
  readonly payments: readonly ReceiptPayment[];
}

// Decimals as text: JSON numbers would not keep them.
const page = statement(
  "sale_receipts_of_till",
  `select s.id, s.site_id as "siteId", s.till_id as "tillId", s.business_date as "businessDate",
     s.sold_at as "soldAt", s.currency, s.net, s.tax, s.total, s.change, s.rounding,
     s.receipt_number::integer as "receiptNumber", s.receipt_hash as "receiptHash",
     (select coalesce(json_agg(json_build_object('itemId', l.item_id, 'name', l.name,
        'unit', l.unit, 'taxCode', l.tax_code, 'quantity', l.quantity::text,
        'unitPrice', l.unit_price::text, 'gross', l.gross::text, 'discount', l.discount::text,
        'taxRate', l.tax_rate::text, 'net', l.net::text, 'tax', l.tax::text,
        'total', l.total::text) order by l.position), '[]')
      from sales.sale_lines l where l.sale_id = s.id) as lines,
     (select coalesce(json_agg(json_build_object('method', p.method, 'amount', p.amount::text)
        order by p.position), '[]')
      from sales.payments p where p.sale_id = s.id) as payments
   from sales.sales s where s.till_id = $1 and s.receipt_number > $2
   order by s.receipt_number limit $3`,
);

export function listReceipts(
  db: Db,
  tillId: string,
  after: number,
  limit: number,
): Promise<StoredReceipt[]> {
  return db.run(page, [tillId, after, limit]);
}

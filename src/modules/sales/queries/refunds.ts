import { type Db, inOrder, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { decimal, moneyText, trimZeros } from "#platform/decimal.ts";
import {
  cursorKeys,
  dateKey,
  idKey,
  type PageQuery,
  pageOf,
  type SiteScope,
} from "#platform/page.ts";
import type { Whole } from "#platform/schema.ts";
import type { Refund, RefundLine, RefundPage } from "../model/refund.ts";
import type { PaymentRow } from "./write.ts";

export interface RefundRow {
  readonly id: string;
  readonly siteId: string;
  readonly saleId: string;
  readonly number: number;
  readonly tillId: string | null;
  readonly reason: string;
  readonly businessDate: string;
  readonly refundedAt: string;
  readonly actor: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  readonly rounding: string;
}

export interface RefundLineRow {
  readonly id: string;
  readonly lineId: string;
  readonly itemId: string;
  readonly name: string;
  readonly quantity: string;
  readonly unit: string;
  readonly unitPrice: string;
  readonly disposition: "waste" | "restock" | "none";
  readonly gross: string;
  readonly discount: string;
  readonly taxCode: string | null;
  readonly taxRate: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
}

const insert = statement(
  "refund_insert",
  `with refund as (
     insert into sales.refunds (id, kind, site_id, sale_id, number, till_id, reason, business_date,
       refunded_at, actor, currency, minor_digits, net, tax, total, rounding)
     values ($1, 'refund', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
   ), line as (
     insert into sales.refund_lines (refund_id, position, id, line_id, item_id, name, quantity,
       unit, unit_price, disposition, gross, discount, tax_code, tax_rate, net, tax, total)
     select $1, n, u.id, line_id, item_id, name, quantity, unit, unit_price, disposition, gross,
       discount, tax_code, tax_rate, net, tax, total
     from unnest($16::uuid[], $17::uuid[], $18::uuid[], $19::text[], $20::numeric[], $21::text[],
         $22::numeric[], $23::text[], $24::numeric[], $25::numeric[], $26::text[], $27::numeric[],
         $28::numeric[], $29::numeric[], $30::numeric[]) with ordinality
       as u (id, line_id, item_id, name, quantity, unit, unit_price, disposition, gross, discount,
         tax_code, tax_rate, net, tax, total, n)
   )
   insert into sales.refund_payments (refund_id, position, method, amount)
   select $1, n, method, amount
   from unnest($31::text[], $32::numeric[]) with ordinality as u (method, amount, n)`,
);

const rowColumns = [
  "id",
  "siteId",
  "saleId",
  "number",
  "tillId",
  "reason",
  "businessDate",
  "refundedAt",
  "actor",
  "currency",
  "minorDigits",
  "net",
  "tax",
  "total",
  "rounding",
] as const satisfies readonly (keyof RefundRow)[];

const lineColumns = [
  "id",
  "lineId",
  "itemId",
  "name",
  "quantity",
  "unit",
  "unitPrice",
  "disposition",
  "gross",
  "discount",
  "taxCode",
  "taxRate",
  "net",
  "tax",
  "total",
] as const satisfies readonly (keyof RefundLineRow)[];

/** Writes a refund, its lines and its payments. */
export async function insertRefund(
  tx: Tx,
  row: RefundRow,
  lines: readonly RefundLineRow[],
  payments: readonly PaymentRow[],
): Promise<void> {
  await tx.run(insert, [
    ...rowColumns.map((column) => row[column]),
    ...lineColumns.map((column) => lines.map((line) => line[column])),
    payments.map((payment) => payment.method),
    payments.map((payment) => payment.amount),
  ]);
}

interface StoredRefund extends Omit<Refund, "lines" | "payments"> {
  readonly minorDigits: number;
}

const columns = `r.id, r.kind, r.site_id as "siteId", r.sale_id as "saleId", r.till_id as "tillId",
     r.foreign_number as "foreignNumber", r.reason, r.business_date as "businessDate",
     r.refunded_at as "refundedAt", r.recorded_at as "recordedAt", r.actor, r.currency,
     r.minor_digits as "minorDigits", r.net, r.tax, r.total, r.rounding`;

const listLines = statement(
  "refund_lines_of",
  `select l.refund_id as "refundId", l.id, l.line_id as "lineId", l.item_id as "itemId", l.name,
     l.quantity, l.unit, l.unit_price as "unitPrice", l.disposition, l.gross, l.discount,
     l.tax_code as "taxCode", l.tax_rate as "taxRate", l.net, l.tax, l.total, m.value as cost
   from sales.refund_lines l
   left join (
     select source_id, source_line_id, sum(value) as value from stock.movements
     where source_id = any($1::uuid[]) and type = 'refund' group by source_id, source_line_id
   ) m on m.source_id = l.refund_id and m.source_line_id = l.line_id
   where l.refund_id = any($1::uuid[]) order by l.refund_id, l.position`,
);

const listPayments = statement(
  "refund_payments_of",
  `select refund_id as "refundId", method, amount from sales.refund_payments
   where refund_id = any($1::uuid[]) order by refund_id, position`,
);

export interface RefundFilter extends PageQuery, SiteScope {
  readonly id?: string | undefined;
  readonly saleId?: string | undefined;
  readonly businessDate?: string | undefined;
}

/** Newest business date first. */
export async function listRefunds(db: Db, query: RefundFilter): Promise<RefundPage> {
  const after = cursorKeys(query, dateKey, idKey);
  const where = new Where()
    .add("r.id = ?", query.id)
    .add("r.sale_id = ?", query.saleId)
    .add("r.site_id = ?", query.siteId)
    .add("r.site_id = any(?)", query.siteIds)
    .add("r.business_date = ?", query.businessDate)
    .add("(r.business_date, r.id) < (?, ?)", after?.[0], after?.[1]);
  const text = `select ${columns} from sales.refunds r ${where.text}
    order by r.business_date desc, r.id desc limit $${where.values.push(query.limit + 1)}`;
  const refunds = await complete(db, await runList<StoredRefund>(db, "refund_list", text, where));
  return pageOf(
    refunds,
    query,
    (refund) => [refund.businessDate, refund.id],
    (refund) => refund,
  );
}

export async function findRefund(db: Db, id: string): Promise<Refund | undefined> {
  return (await listRefunds(db, { id, limit: 1 })).data[0];
}

interface OfRefund {
  readonly refundId: string;
}

async function complete(db: Db, refunds: readonly StoredRefund[]): Promise<Refund[]> {
  if (refunds.length === 0) return [];
  const ids = refunds.map((refund) => refund.id);
  const [lines, payments] = await inOrder(
    db.run<Whole<RefundLine> & OfRefund>(listLines, [ids]),
    db.run<Refund["payments"][number] & OfRefund>(listPayments, [ids]),
  );
  return refunds.map(({ minorDigits, ...refund }) => {
    const money = (text: string) => moneyText(decimal(text), minorDigits);
    const isOfRefund = (each: OfRefund) => each.refundId === refund.id;
    return {
      ...refund,
      lines: lines.filter(isOfRefund).map((line) => toLine(line, money)),
      net: money(refund.net),
      tax: money(refund.tax),
      total: money(refund.total),
      payments: payments
        .filter(isOfRefund)
        .map(({ method, amount }) => ({ method, amount: money(amount) })),
      rounding: money(refund.rounding),
    };
  });
}

function toLine(
  { refundId: _, ...line }: Whole<RefundLine> & OfRefund,
  money: (text: string) => string,
): RefundLine {
  return {
    ...line,
    quantity: trimZeros(line.quantity),
    unitPrice: trimZeros(line.unitPrice),
    gross: money(line.gross),
    discount: money(line.discount),
    taxRate: trimZeros(line.taxRate),
    net: money(line.net),
    tax: money(line.tax),
    total: money(line.total),
    cost: line.cost === null ? null : trimZeros(line.cost),
  };
}

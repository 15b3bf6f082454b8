import { type Db, inOrder, statement } from "#platform/db.ts";
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
import type { Sale, SaleLine, SalePage } from "../model/sale.ts";

interface StoredSale extends Omit<Sale, "lines" | "payments" | "status" | "version"> {
  readonly minorDigits: number;
  readonly isVoided: boolean;
  readonly refunds: number;
}

interface StoredLine extends Omit<Whole<SaleLine>, "costPending"> {
  readonly saleId: string;
}

interface StoredPayment {
  readonly saleId: string;
  readonly method: "cash" | "card" | "voucher";
  readonly amount: string;
}

const saleColumns = `s.id, s.kind, s.site_id as "siteId", s.till_id as "tillId",
  s.receipt_number::integer as "receiptNumber", s.receipt_hash as "receiptHash",
  s.foreign_number as "foreignNumber", s.business_date as "businessDate", s.sold_at as "soldAt",
  s.recorded_at as "recordedAt", s.currency, s.minor_digits as "minorDigits", s.net, s.tax, s.total,
  s.change, s.rounding, exists (select from sales.voids v where v.sale_id = s.id) as "isVoided",
  f.refunds, f.total as "refundedTotal"`;

const saleSource = `sales.sales s cross join lateral (
  select count(*)::integer as refunds, coalesce(sum(r.total), 0) as total
  from sales.refunds r where r.sale_id = s.id) f`;

const findOne = statement("sale_find", `select ${saleColumns} from ${saleSource} where s.id = $1`);

// A line costs what its movements took, later settlements and prices included; a void or a refund
// does not change what it cost. Imported history and items without stock have no movements, so
// their cost is unknown.
const listLines = statement(
  "sale_lines_of",
  `select l.sale_id as "saleId", l.id, l.item_id as "itemId", l.name, l.quantity, l.unit,
     l.unit_price as "unitPrice", l.gross, l.discount, l.tax_code as "taxCode",
     l.tax_rate as "taxRate", l.net, l.tax, l.total,
     coalesce(-m.value, case when f.source_line_id is not null then 0 end)
       + coalesce(a.value, 0) as cost,
     coalesce(f.open, 0) as "shortQuantity", coalesce(r.quantity, 0) as "refundedQuantity"
   from sales.sale_lines l
   left join (
     select source_line_id, sum(value) as value from stock.movements
     where source_id = any($1::uuid[]) and type in ('sale', 'settlement', 'settlement_reversal')
     group by source_line_id
   ) m on m.source_line_id = l.id
   left join (
     select source_line_id, sum(value) as value from stock.cost_adjustments
     where source_id = any($1::uuid[]) and kind = 'sale' group by source_line_id
   ) a on a.source_line_id = l.id
   left join (
     select source_line_id, sum(open_quantity) as open from stock.shortfalls
     where source_id = any($1::uuid[]) group by source_line_id
   ) f on f.source_line_id = l.id
   left join (
     select e.line_id, sum(e.quantity) as quantity
     from sales.refunds d join sales.refund_lines e on e.refund_id = d.id
     where d.sale_id = any($1::uuid[]) group by e.line_id
   ) r on r.line_id = l.id
   where l.sale_id = any($1::uuid[]) order by l.sale_id, l.position`,
);

const listPayments = statement(
  "sale_payments_of",
  `select sale_id as "saleId", method, amount from sales.payments
   where sale_id = any($1::uuid[]) order by sale_id, position`,
);

export interface SaleFilter extends PageQuery, SiteScope {
  readonly tillId?: string | undefined;
  readonly businessDate?: string | undefined;
}

export async function findSale(db: Db, id: string): Promise<Sale | undefined> {
  const found = await db.run<StoredSale>(findOne, [id]);
  return (await complete(db, found))[0];
}

const siteOf = statement(
  "sale_site_of",
  `select site_id as "siteId" from sales.sales where id = $1`,
);

export async function findSiteOfSale(db: Db, id: string): Promise<string | undefined> {
  const [row] = await db.run<{ siteId: string }>(siteOf, [id]);
  return row?.siteId;
}

export async function listSales(db: Db, query: SaleFilter): Promise<SalePage> {
  const after = cursorKeys(query, dateKey, idKey);
  const where = new Where()
    .add("s.site_id = ?", query.siteId)
    .add("s.site_id = any(?)", query.siteIds)
    .add("s.till_id = ?", query.tillId)
    .add("s.business_date = ?", query.businessDate)
    .add("(s.business_date, s.id) < (?, ?)", after?.[0], after?.[1]);
  const text = `select ${saleColumns} from ${saleSource} ${where.text}
    order by s.business_date desc, s.id desc limit $${where.values.push(query.limit + 1)}`;
  const sales = await complete(db, await runList<StoredSale>(db, "sale_list", text, where));
  return pageOf(
    sales,
    query,
    (sale) => [sale.businessDate, sale.id],
    (sale) => sale,
  );
}

async function complete(db: Db, sales: readonly StoredSale[]): Promise<Sale[]> {
  if (sales.length === 0) return [];
  const ids = sales.map((sale) => sale.id);
  const [lines, payments] = await inOrder(
    db.run<StoredLine>(listLines, [ids]),
    db.run<StoredPayment>(listPayments, [ids]),
  );
  return sales.map((sale) =>
    toSale(
      sale,
      lines.filter((line) => line.saleId === sale.id),
      payments.filter((payment) => payment.saleId === sale.id),
    ),
  );
}

function toSale(
  { isVoided, refunds, minorDigits, ...sale }: StoredSale,
  lines: readonly StoredLine[],
  payments: readonly StoredPayment[],
): Sale {
  const money = (text: string) => moneyText(decimal(text), minorDigits);
  return {
    ...sale,
    status: isVoided ? "voided" : "completed",
    lines: lines.map((line) => toLine(line, minorDigits)),
    net: money(sale.net),
    tax: money(sale.tax),
    total: money(sale.total),
    payments: payments.map(({ method, amount }) => ({ method, amount: money(amount) })),
    change: money(sale.change),
    rounding: money(sale.rounding),
    refundedTotal: money(sale.refundedTotal),
    version: 1 + (isVoided ? 1 : 0) + refunds,
  };
}

function toLine({ saleId: _, ...line }: StoredLine, minorDigits: number): SaleLine {
  const money = (text: string) => moneyText(decimal(text), minorDigits);
  const shortQuantity = trimZeros(line.shortQuantity);
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
    costPending: shortQuantity !== "0",
    shortQuantity,
    refundedQuantity: trimZeros(line.refundedQuantity),
  };
}

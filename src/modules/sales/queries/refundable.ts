import { inOrder, statement, type Tx } from "#platform/db.ts";

// The first statement makes the row, the second waits for it: what is read after that is not
// changed by a void or another refund of the sale.
const createState = statement(
  "sale_create_state",
  `insert into sales.sale_states (sale_id) select id from sales.sales where id = $1
   on conflict do nothing`,
);

const lockState = statement(
  "sale_lock_state",
  `select s.site_id as "siteId" from sales.sale_states t join sales.sales s on s.id = t.sale_id
   where t.sale_id = $1 for update of t`,
);

/** Locks a sale against voids and other refunds; its site, or undefined if there is no such sale. */
export async function lockSale(tx: Tx, saleId: string): Promise<string | undefined> {
  const [, locked] = await inOrder(
    tx.run(createState, [saleId]),
    tx.run<{ siteId: string }>(lockState, [saleId]),
  );
  return locked[0]?.siteId;
}

export interface RefundableSale {
  readonly kind: "sale" | "history";
  readonly siteId: string;
  /** When it was sold, or its latest movement if that is dated later. */
  readonly latestAt: string;
  readonly currency: string;
  readonly minorDigits: number;
  readonly pricesIncludeTax: boolean;
  readonly businessDate: string;
  readonly change: string;
  readonly isVoided: boolean;
  readonly hasTill: boolean;
  readonly cashStep: string | null;
  /** The next refund's. */
  readonly number: number;
}

const head = statement(
  "sale_refundable",
  `select s.kind, s.site_id as "siteId", s.business_date as "businessDate", s.currency,
     s.minor_digits as "minorDigits",
     s.prices_include_tax as "pricesIncludeTax", s.change, g.cash_step as "cashStep",
     greatest(s.sold_at,
       (select max(m.effective_at) from stock.movements m where m.source_id = s.id))
       as "latestAt",
     exists (select from sales.voids v where v.sale_id = s.id) as "isVoided",
     exists (select from sites.tills t
       where t.id = $2 and t.site_id = s.site_id and t.archived_at is null) as "hasTill",
     1 + (select count(*)::integer from sales.refunds r where r.sale_id = s.id) as number
   from sales.sales s left join settings.settings g on true where s.id = $1`,
);

/** A line, and what is left of it. */
export interface RefundableLine {
  readonly id: string;
  readonly itemId: string;
  readonly name: string;
  readonly unit: string;
  readonly unitPrice: string;
  readonly taxCode: string | null;
  readonly taxRate: string;
  readonly sold: string;
  readonly quantity: string;
  readonly gross: string;
  readonly discount: string;
  readonly tax: string;
  /** Quantities of the refunds before, first to last. */
  readonly before: readonly string[];
}

const lines = statement(
  "sale_refundable_lines",
  `select l.id, l.item_id as "itemId", l.name, l.unit, l.unit_price as "unitPrice",
     l.tax_code as "taxCode", l.tax_rate as "taxRate", l.quantity as sold,
     l.quantity - coalesce(r.quantity, 0) as quantity, l.gross - coalesce(r.gross, 0) as gross,
     l.discount - coalesce(r.discount, 0) as discount, l.tax - coalesce(r.tax, 0) as tax,
     coalesce(r.before, '[]') as before
   from sales.sale_lines l
   left join (
     select e.line_id, sum(e.quantity) as quantity, sum(e.gross) as gross,
       sum(e.discount) as discount, sum(e.tax) as tax,
       json_agg(e.quantity::text order by d.number) as before
     from sales.refunds d join sales.refund_lines e on e.refund_id = d.id
     where d.sale_id = $1 group by e.line_id
   ) r on r.line_id = l.id
   where l.sale_id = $1 order by l.position`,
);

export interface MoneyRow {
  readonly method: "cash" | "card" | "voucher";
  readonly amount: string;
  readonly isBack: boolean;
}

const money = statement(
  "sale_refundable_money",
  `select method, amount, false as "isBack", 0 as number, position
   from sales.payments where sale_id = $1
   union all
   select p.method, p.amount, true, r.number, p.position
   from sales.refunds r join sales.refund_payments p on p.refund_id = r.id where r.sale_id = $1
   order by number, position`,
);

/** A sale with what is left of it; lock it and its stock before. Undefined if there is none. */
export async function findRefundable(tx: Tx, saleId: string, tillId?: string) {
  const [heads, left, moneys] = await inOrder(
    tx.run<RefundableSale>(head, [saleId, tillId ?? null]),
    tx.run<RefundableLine>(lines, [saleId]),
    tx.run<MoneyRow>(money, [saleId]),
  );
  const [sale] = heads;
  return sale && { ...sale, lines: left, moneys };
}

export type Refundable = NonNullable<Awaited<ReturnType<typeof findRefundable>>>;

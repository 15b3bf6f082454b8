import { type Db, statement } from "#platform/db.ts";
import type { PrintedLine } from "../rules/till/tickets.ts";

const listTickets = statement(
  "till_known_tickets",
  `select s.foreign_number as number, s.sold_at as "soldAt", l.name, l.quantity,
     l.unit_price as "unitPrice", l.total
   from sales.sales s join sales.sale_lines l on l.sale_id = s.id
   where s.site_id = $1 and s.foreign_number = any($2::text[])`,
);

export interface KnownLine extends PrintedLine {
  readonly number: string;
  readonly soldAt: string;
}

/** The lines of those of these tickets that the site has already. */
export function listKnownLines(
  db: Db,
  siteId: string,
  numbers: readonly string[],
): Promise<KnownLine[]> {
  return db.run(listTickets, [siteId, numbers]);
}

const listKeys = statement(
  "till_known_returns",
  `select foreign_key as key from sales.refunds
   where site_id = $1 and foreign_key = any($2::text[])`,
);

/** Which of these returns the site has already. */
export async function findKnownReturns(
  db: Db,
  siteId: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const rows = await db.run<{ key: string }>(listKeys, [siteId, keys]);
  return new Set(rows.map((row) => row.key));
}

// `offset 0`: one look at the index of lines for each sale, whatever the planner believes of tables
// that have just grown.
const listOfDays = statement(
  "till_returnable_lines",
  `select l.id as "lineId", s.id as "saleId", s.foreign_number as ticket, s.sold_at as "soldAt",
     s.business_date as "businessDate", l.item_id as "itemId", l.unit_price as "unitPrice",
     l.quantity - g.quantity as quantity, l.total - g.total as total
   from sales.sales s
   cross join lateral (
     select id, item_id, unit_price, quantity, total from sales.sale_lines
     where sale_id = s.id and item_id = any($5::uuid[]) and unit_price = any($6::numeric[])
     offset 0
   ) l
   cross join lateral (
     select coalesce(sum(r.quantity), 0) as quantity, coalesce(sum(r.total), 0) as total
     from sales.refunds f
     cross join lateral (
       select quantity, total from sales.refund_lines
       where refund_id = f.id and line_id = l.id offset 0
     ) r
     where f.sale_id = s.id
   ) g
   where s.site_id = $1 and s.kind = 'history' and s.business_date between $2 and $3
     and ($4::date[] is null or s.business_date = any($4::date[])) and l.quantity > g.quantity
   order by s.sold_at desc, l.id`,
);

/** A line of an imported sale, and what of it is not yet given back. */
export interface ReturnableLine {
  readonly lineId: string;
  readonly saleId: string;
  readonly ticket: string;
  readonly soldAt: string;
  readonly businessDate: string;
  readonly itemId: string;
  readonly unitPrice: string;
  readonly quantity: string;
  readonly total: string;
}

export interface ReturnsWanted {
  readonly siteId: string;
  readonly from: string;
  readonly to: string;
  /** Only these days, if given. */
  readonly dates: readonly string[] | null;
  readonly itemIds: readonly string[];
  readonly unitPrices: readonly string[];
}

/** Lines of these items, or at these prices, that something can be given back of; latest first. */
export function listReturnableLines(db: Db, wanted: ReturnsWanted): Promise<ReturnableLine[]> {
  const { siteId, from, to, dates, itemIds, unitPrices } = wanted;
  return db.run(listOfDays, [siteId, from, to, dates, itemIds, unitPrices]);
}

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

// Bread is brought back within weeks, not months. `offset 0`: one look at the index of lines for each
// sale, whatever the planner believes of tables that have just grown.
const listSold = statement(
  "till_returnable_lines",
  `select l.id as "lineId", s.id as "saleId", s.foreign_number as "number", s.sold_at as "soldAt",
     l.item_id as "itemId", l.unit_price as "unitPrice", l.quantity, l.total
   from sales.sales s
   cross join lateral (
     select id, item_id, unit_price, quantity, total from sales.sale_lines
     where sale_id = s.id and item_id = any($4::uuid[]) and unit_price = any($5::numeric[])
     offset 0
   ) l
   where s.site_id = $1 and s.kind = 'history'
     and s.business_date between $2::date - 31 and $3::date
   order by s.sold_at, l.id`,
);
const listReturned = statement(
  "till_returned_lines",
  `select r.line_id as "lineId", sum(r.quantity) as quantity, sum(r.total) as total
   from sales.refunds f
   cross join lateral (
     select line_id, quantity, total from sales.refund_lines where refund_id = f.id offset 0
   ) r
   where f.site_id = $1 and f.business_date >= $2::date - 31 and r.line_id is not null
   group by r.line_id`,
);

/** A line of an imported sale. */
export interface ReturnableLine {
  readonly lineId: string;
  readonly saleId: string;
  readonly number: string;
  readonly soldAt: string;
  readonly itemId: string;
  readonly unitPrice: string;
  readonly quantity: string;
  readonly total: string;
}

/** What of a line was given back. */
export type GivenBack = Pick<ReturnableLine, "lineId" | "quantity" | "total">;

export interface ReturnsWanted {
  readonly siteId: string;
  readonly from: string;
  readonly to: string;
  readonly itemIds: readonly string[];
  readonly unitPrices: readonly string[];
}

/** Lines that returns of these items at these prices may refer to, oldest first. */
export function listSoldLines(db: Db, wanted: ReturnsWanted): Promise<ReturnableLine[]> {
  const { siteId, from, to, itemIds, unitPrices } = wanted;
  return db.run(listSold, [siteId, from, to, itemIds, unitPrices]);
}

/** What of the site's sales since then was given back. */
export function listReturnedLines(db: Db, { siteId, from }: ReturnsWanted): Promise<GivenBack[]> {
  return db.run(listReturned, [siteId, from]);
}

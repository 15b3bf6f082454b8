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
const findCandidates = statement(
  "till_return_candidates",
  `with gone as materialized (
     select r.line_id, sum(r.quantity) as quantity, sum(r.total) as total
     from sales.refunds f
     cross join lateral (
       select line_id, quantity, total from sales.refund_lines where refund_id = f.id offset 0
     ) r
     where f.site_id = $1 and r.line_id is not null
       and f.business_date >= (select min(day) from unnest($3::date[]) as d (day)) - $2::integer
     group by r.line_id
   )
   select w.n::integer - 1 as index, c.*
   from unnest($3::date[], $4::timestamptz[], $5::text[], $6::uuid[], $7::numeric[], $8::numeric[],
     $9::numeric[], $10::integer[]) with ordinality
     as w (day, at, ticket, item_id, unit_price, quantity, total, depth, n)
   cross join lateral (
     select l.id as "lineId", s.id as "saleId", l.quantity - coalesce(g.quantity, 0) as quantity,
       l.total - coalesce(g.total, 0) as total,
       row_number() over (order by s.foreign_number = w.ticket desc, s.sold_at desc, l.id) as rank
     from sales.sales s
     cross join lateral (
       select id, quantity, total from sales.sale_lines
       where sale_id = s.id and item_id = w.item_id and unit_price = w.unit_price offset 0
     ) l
     left join gone g on g.line_id = l.id
     where s.site_id = $1 and s.kind = 'history'
       and s.business_date between w.day - $2::integer and w.day and s.sold_at <= w.at
       and l.quantity - coalesce(g.quantity, 0) >= w.quantity
       and l.total - coalesce(g.total, 0) >= w.total
     order by rank limit w.depth
   ) c
   order by w.n, c.rank`,
);

/** A line of an imported sale, and what of it is not yet given back. */
export interface Candidate {
  /** Of which return. */
  readonly index: number;
  readonly lineId: string;
  readonly saleId: string;
  readonly quantity: string;
  readonly total: string;
}

export interface WantedReturn {
  readonly businessDate: string;
  readonly soldAt: string;
  readonly ticket: string;
  readonly itemId: string;
  readonly unitPrice: string;
  readonly quantity: string;
  readonly total: string;
  /** How many candidates may be needed: others may take some of them first. */
  readonly depth: number;
}

/** For each return the lines it may refer to, at most so many days old, the best one first. */
export function listCandidates(
  db: Db,
  siteId: string,
  days: number,
  wanted: readonly WantedReturn[],
): Promise<Candidate[]> {
  const fields = [
    "businessDate",
    "soldAt",
    "ticket",
    "itemId",
    "unitPrice",
    "quantity",
    "total",
    "depth",
  ] as const satisfies readonly (keyof WantedReturn)[];
  return db.run(findCandidates, [
    siteId,
    days,
    ...fields.map((field) => wanted.map((each) => each[field])),
  ]);
}

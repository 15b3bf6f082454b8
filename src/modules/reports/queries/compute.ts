import { inOrder, statement, type Tx } from "#platform/db.ts";
import * as sales from "./compute-sales.ts";
import * as stock from "./compute-stock.ts";

/** Days of a site one after the other, both ends included. */
export interface Span {
  readonly siteId: string;
  readonly from: string;
  readonly to: string;
  /** The newest event that asks for it, if one did. */
  readonly eventId?: string | undefined;
}

interface Kept {
  readonly table: string;
  readonly keys: readonly string[];
  readonly columns: readonly string[];
}

const { takingsColumns: takings, ticketColumns: tickets } = sales;
const kept: readonly Kept[] = [
  {
    table: "sales",
    keys: ["item_id", "hour"],
    columns: ["quantity", "refund_quantity", "void_quantity", ...takings],
  },
  { table: "hours", keys: ["hour"], columns: [...tickets, ...takings] },
  { table: "stock", keys: ["item_id"], columns: stock.stockColumns },
  {
    table: "production",
    keys: ["item_id"],
    columns: ["runs", "expected", "made", "lost", "cost", "lost_value"],
  },
  { table: "payments", keys: ["method"], columns: ["taken", "refunded"] },
  { table: "sell_outs", keys: ["item_id"], columns: ["sold_out_at"] },
];

/** Makes a table's rows of the days those that were computed; rows that stay the same are not written. */
function replaced({ table, keys, columns }: Kept): string {
  const isSame = ["business_date", ...keys].map((key) => `f.${key} = t.${key}`).join(" and ");
  const names = ["business_date", ...keys, ...columns].join(", ");
  const all = (source: string) => columns.map((column) => `${source}.${column}`).join(", ");
  return `gone_${table} as (
    delete from reports.${table} t where t.site_id = $1 and t.business_date between $2 and $3
      and not exists (select from fresh_${table} f where ${isSame})
  ), put_${table} as (
    insert into reports.${table} as t (site_id, ${names})
    select $1, ${names} from fresh_${table}
    on conflict (site_id, ${["business_date", ...keys].join(", ")}) do update
    set ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}
    where (${all("t")}) is distinct from (${all("excluded")})
  )`;
}

const dayColumns = [
  ...tickets,
  ...takings,
  "rounding",
  "waste_value",
  "stock_value",
  "computed_at",
];

// One statement, so one snapshot: what is shown of a day never comes from two moments. Two that
// compute the same day wait for each other before it, under `lockDays`.
const text = `with ${[
  sales.documents,
  sales.lineCosts,
  sales.salesByHour,
  sales.hours,
  sales.payments,
  stock.movements,
  stock.stock,
  stock.production,
  stock.sellOuts,
  sales.days,
  ...kept.map(replaced),
].join(", ")}, gone_days as (
    delete from reports.days t where t.site_id = $1 and t.business_date between $2 and $3
      and not exists (select from fresh_days f where f.business_date = t.business_date)
  )
  insert into reports.days as t (site_id, business_date, event_id, ${dayColumns.join(", ")})
  select $1, business_date, event_id, ${dayColumns.join(", ")} from fresh_days
  on conflict (site_id, business_date) do update
  set event_id = greatest(t.event_id, excluded.event_id),
    ${dayColumns.map((column) => `${column} = excluded.${column}`).join(", ")}
  returning business_date`;

// What suits one day does not suit a month: each has plans of its own.
const computeDay = statement("reports_compute_day", text);
const computeMonth = statement("reports_compute_days", text);

/** The site's clock, and instants between which all of the days lie whatever the clocks did. */
export interface Clock {
  readonly since: string;
  readonly till: string;
  readonly zone: string;
  readonly cutover: string;
}

/** Computes days whole from the books; returns how many there are. Lock them before. */
export async function computeDays(tx: Tx, span: Span, clock: Clock): Promise<number> {
  const { siteId, from, to, eventId = null } = span;
  const { since, till, zone, cutover } = clock;
  const compute = from === to ? computeDay : computeMonth;
  const values = [siteId, from, to, eventId, since, till, zone, cutover];
  return (await tx.run<object>(compute, values)).length;
}

const lock = statement(
  "reports_lock_days",
  `select count(pg_advisory_xact_lock(hashtextextended('reports ' || $1::uuid || day::date, 0)))
   from (select day from generate_series($2::date, $3::date, interval '1 day') day order by day) days`,
);

const unmark = statement(
  "reports_unmark_days",
  "delete from reports.marked_days where site_id = $1 and business_date between $2 and $3",
);

const clock = statement(
  "reports_clock",
  `select (($2::date + cutover) at time zone zone) - interval '2 hours' as since,
     (($3::date + 1 + cutover) at time zone zone) + interval '2 hours' as till, zone,
     cutover::text as cutover
   from sites.sites where id = $1`,
);

/**
 * Waits for whoever computes one of the days, then takes their marks away: what is marked after that
 * stays marked, what was marked before is seen by the statement that reads the books next.
 * Undefined if there is no such site.
 */
export async function lockDays(tx: Tx, { siteId, from, to }: Span): Promise<Clock | undefined> {
  const [, , [found]] = await inOrder(
    tx.run(lock, [siteId, from, to]),
    tx.run(unmark, [siteId, from, to]),
    tx.run<Clock>(clock, [siteId, from, to]),
  );
  return found;
}

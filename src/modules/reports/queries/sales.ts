import type { Db } from "#platform/db.ts";
import { dateKey, idKey, numberKey } from "#platform/page.ts";
import type { SalesDay, SalesHour, SalesItem, ValuationDay } from "../model/sales.ts";
import {
  decimalOf,
  type Key,
  listReport,
  type Report,
  type ReportFilter,
  type Scope,
  takingsOf,
} from "./list.ts";

interface OfDay {
  readonly siteId: string;
  readonly businessDate: string;
}

const tickets = "r.sales, r.refunds, r.voids";
export const ofSite = `r.site_id as "siteId", s.name as "siteName"`;
export const ofDay = `${ofSite}, r.business_date as "businessDate"`;
export const ofItem = `r.item_id as "itemId", i.name as "itemName", i.unit`;
export const bySite = "join sites.sites s on s.id = r.site_id";
export const byItem = "join catalog.items i on i.id = r.item_id";
export const byDay =
  "join reports.days d on d.site_id = r.site_id and d.business_date = r.business_date";

export const dayKeys: readonly Key<OfDay>[] = [
  { column: "r.business_date", form: dateKey, of: (row) => row.businessDate },
  { column: "r.site_id", form: idKey, of: (row) => row.siteId },
];
export const itemKeys: readonly Key<OfDay & { readonly itemId: string }>[] = [
  ...dayKeys,
  { column: "r.item_id", form: idKey, of: (row) => row.itemId },
];

const days: Report<SalesDay> = {
  name: "reports_sales_days",
  columns: (money) => `${ofDay}, ${tickets}, ${takingsOf("?", money)},
    ${money("r.rounding")} as rounding, r.computed_at as "computedAt", r.event_id as "eventId"`,
  from: `reports.days r ${bySite}`,
  keys: dayKeys,
};

const hours: Report<SalesHour> = {
  name: "reports_sales_hours",
  columns: (money) => `${ofDay}, r.hour, ${tickets}, ${takingsOf("?", money)},
    d.computed_at as "computedAt"`,
  from: `reports.hours r ${bySite} ${byDay}`,
  keys: [...dayKeys, { column: "r.hour", form: numberKey, of: (row) => String(row.hour) }],
};

const items: Report<SalesItem> = {
  name: "reports_sales_items",
  columns: (money) => `${ofDay}, ${ofItem}, ${decimalOf("sum(r.quantity)")} as quantity,
    ${decimalOf("sum(r.refund_quantity)")} as "refundQuantity",
    ${decimalOf("sum(r.void_quantity)")} as "voidQuantity", ${takingsOf("sum(?)", money)},
    d.computed_at as "computedAt"`,
  from: `reports.sales r ${bySite} ${byItem} ${byDay}`,
  groupBy: "r.business_date, r.site_id, r.item_id, s.name, i.name, i.unit, d.computed_at",
  keys: itemKeys,
};

// What the ledger changed by, added up from the first day: exact as of what is computed, and a day
// that is computed anew needs no other day's row.
const valuation: Report<ValuationDay> = {
  name: "reports_valuation",
  columns: () => `${ofDay}, ${decimalOf("r.value")} as value,
    ${decimalOf("r.stock_value")} as change, r.computed_at as "computedAt"`,
  from: `(
      select *, sum(stock_value) over (partition by site_id order by business_date) as value
      from reports.days
    ) r ${bySite}`,
  keys: dayKeys,
};

type Listing<Row> = (
  db: Db,
  filter: ReportFilter,
  scope: Scope,
) => ReturnType<typeof listReport<Row>>;

export function listing<Row>(report: Report<Row>): Listing<Row> {
  return (db, filter, scope) => listReport(db, report, filter, scope);
}

export const listSalesDays = listing(days);
export const listSalesHours = listing(hours);
export const listSalesItems = listing(items);
export const listValuation = listing(valuation);

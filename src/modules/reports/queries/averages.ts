import type { Db } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, numberKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { AverageDay, AverageItem, BestSeller } from "../model/sales.ts";
import { decimalOf, marginsOf, type Report, type ReportFilter, type Scope } from "./list.ts";
import { byItem, bySite, dayKeys, listing, ofDay, ofItem, ofSite } from "./sales.ts";

const revenue = "h.net - h.refund_net";
const isLast7 = "h.business_date > r.business_date - 7";
const isWeekday = "(r.business_date - h.business_date) % 7 = 0";

const days: Report<AverageDay> = {
  name: "reports_average_days",
  columns: (money) => `${ofDay}, ${money("r.net - r.refund_net")} as "revenueNet",
    ${money("a.of7")} as average7, ${money("a.of28")} as average28,
    ${money("a.of_weekday")} as "averageWeekday", a.days7, a.days28, r.computed_at as "computedAt"`,
  from: `reports.days r ${bySite} cross join lateral (
      select avg(${revenue}) filter (where ${isLast7}) as of7, avg(${revenue}) as of28,
        avg(${revenue}) filter (where ${isWeekday}) as of_weekday,
        (count(*) filter (where ${isLast7}))::integer as days7, count(*)::integer as days28
      from reports.days h
      where h.site_id = r.site_id and h.sales > 0
        and h.business_date > r.business_date - 28 and h.business_date <= r.business_date
    ) a`,
  keys: dayKeys,
};

export const listAverageDays = listing(days);

export interface AverageItemFilter extends PageQuery {
  readonly siteId?: string | undefined;
  readonly itemId?: string | undefined;
  readonly on: string;
}

/** What each item sells a day of trade, by site and item. */
export async function listAverageItems(db: Db, filter: AverageItemFilter, { siteIds }: Scope) {
  const after = cursorKeys(filter, idKey, idKey);
  const where = new Where();
  const on = `$${where.values.push(filter.on)}::date`;
  where
    .add("r.site_id = ?", filter.siteId)
    .add("r.site_id = any(?::uuid[])", siteIds)
    .add("r.item_id = ?", filter.itemId)
    .add("(r.site_id, r.item_id) > (?, ?)", after?.[0], after?.[1])
    .add(`r.business_date > ${on} - 28 and r.business_date <= ${on}`);
  const inWeek = (day: string) => `${day} > ${on} - 7`;
  const onWeekday = (day: string) => `(${on} - ${day}) % 7 = 0`;
  const average = (condition: string, of: string) => {
    const sold = `sum(r.quantity - r.refund_quantity) filter (where ${condition})`;
    return decimalOf(`round(coalesce(${sold}, 0) / nullif(${of}, 0), 6)`);
  };
  const text = `select ${ofSite}, ${on}::text as on, ${ofItem},
      ${average(inWeek("r.business_date"), "t.of7")} as quantity7,
      ${average("true", "t.of28")} as quantity28,
      ${average(onWeekday("r.business_date"), "t.of_weekday")} as "quantityWeekday",
      t.computed_at as "computedAt"
    from reports.sales r ${bySite} ${byItem}
    join (
      select site_id, count(*) filter (where ${inWeek("business_date")}) as of7, count(*) as of28,
        count(*) filter (where ${onWeekday("business_date")}) as of_weekday,
        min(computed_at) as computed_at
      from reports.days
      where sales > 0 and business_date > ${on} - 28 and business_date <= ${on} group by site_id
    ) t on t.site_id = r.site_id
    ${where.text}
    group by r.site_id, s.name, r.item_id, i.name, i.unit, t.of7, t.of28, t.of_weekday, t.computed_at
    order by r.site_id, r.item_id limit $${where.values.push(filter.limit + 1)}`;
  const rows = await runList<AverageItem>(db, "reports_average_items", text, where);
  return pageOf(
    rows,
    filter,
    (row) => [row.siteId, row.itemId],
    (row) => row,
  );
}

export interface BestSellerFilter extends ReportFilter {
  readonly by: "revenue" | "quantity";
}

/** Items by what they brought or how much was sold, best first at each site. */
export async function listBestSellers(db: Db, filter: BestSellerFilter, scope: Scope) {
  const after = cursorKeys(filter, idKey, numberKey);
  const where = new Where();
  const digits = `$${where.values.push(scope.minorDigits)}::integer`;
  where
    .add("r.site_id = ?", filter.siteId)
    .add("r.site_id = any(?::uuid[])", scope.siteIds)
    .add("r.business_date >= ?", filter.from)
    .add("r.business_date <= ?", filter.to);
  const money = (expression: string) => `round(${expression}, ${digits})::text`;
  const sold = "sum(r.quantity - r.refund_quantity)";
  const brought = "sum(r.net - r.refund_net)";
  const best = filter.by === "quantity" ? sold : brought;
  const ranked = `select r.site_id, r.item_id, ${sold} as quantity, ${brought} as revenue_net,
      sum(r.total - r.refund_total) as revenue_gross, sum(r.cost) as cost,
      sum(r.final_net) as final_net, sum(r.final_cost) as final_cost,
      sum(r.pending_lines) as pending_lines,
      row_number() over (partition by r.site_id order by ${best} desc, r.item_id) as rank
    from reports.sales r ${where.text} group by r.site_id, r.item_id`;
  const range = ["d.business_date >= ?", "d.business_date <= ?"];
  const oldest = [filter.from, filter.to].flatMap((day, index) =>
    day === undefined ? [] : [range[index]?.replace("?", `$${where.values.push(day)}`) ?? ""],
  );
  const past = new Where();
  past.values.push(...where.values);
  past.add("(r.site_id, r.rank) > (?, ?)", after?.[0], after?.[1]);
  const text = `select ${ofSite}, r.rank::integer as rank, ${ofItem},
      ${decimalOf("r.quantity")} as quantity, ${money("r.revenue_net")} as "revenueNet",
      ${money("r.revenue_gross")} as "revenueGross", ${marginsOf("?", money)},
      (select min(d.computed_at) from reports.days d
        where ${["d.site_id = r.site_id", ...oldest].join(" and ")}) as "computedAt"
    from (${ranked}) r ${bySite} ${byItem} ${past.text}
    order by r.site_id, r.rank limit $${past.values.push(filter.limit + 1)}`;
  const rows = await runList<BestSeller>(db, "reports_best_sellers", text, past);
  return pageOf(
    rows,
    filter,
    (row) => [row.siteId, String(row.rank)],
    (row) => row,
  );
}

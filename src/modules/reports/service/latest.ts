import { may } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import { inOrder } from "#platform/db.ts";
import type { AverageDay, SalesDay } from "../model/sales.ts";
import { listAverageDays } from "../queries/averages.ts";
import {
  type LatestItem,
  type LatestSellOut,
  type LatestSite,
  listLatestBest,
  listLatestSellOuts,
  listLatestSites,
  listLatestWaste,
} from "../queries/latest.ts";
import { listSalesDays } from "../queries/sales.ts";
import { addDays, earlierOf } from "../rules/calendar.ts";
import { scopeOf } from "./read.ts";

const sitesMax = 50;
const itemsADay = 5;
const chartDays = 28;

/** One of the latest days of a site; without sales where nothing is computed for it. */
export interface LatestDay {
  readonly businessDate: string;
  readonly isToday: boolean;
  readonly sales: SalesDay | undefined;
  readonly best: readonly LatestItem[];
  readonly waste: readonly LatestItem[];
  readonly sellOuts: readonly LatestSellOut[];
}

export interface LatestOfSite extends LatestSite {
  readonly seesCosts: boolean;
  readonly days: readonly LatestDay[];
  /** The last 28 days, oldest first; days without numbers are not there. */
  readonly course: readonly AverageDay[];
}

/** Today and yesterday at each site the caller may see, and the course of 28 days. */
export async function readLatest(ctx: Ctx): Promise<LatestOfSite[]> {
  const scope = await scopeOf(ctx);
  const db = ctx.app.db.reports;
  const sites = await listLatestSites(db, ctx.now(), scope.siteIds, sitesMax);
  if (sites.length === 0) return [];
  const pairs = sites.flatMap(({ siteId, today, yesterday }) =>
    [today, yesterday].map((day) => ({ siteId, day })),
  );
  const siteIds = pairs.map((pair) => pair.siteId);
  const days = pairs.map((pair) => pair.day);
  const wanted = { siteIds, days, minorDigits: scope.minorDigits, limit: itemsADay };
  const within = { siteIds: sites.map((site) => site.siteId), minorDigits: scope.minorDigits };
  const first = days.reduce(earlierOf);
  const from = addDays(first, 2 - chartDays);
  const [best, waste, sellOuts, sales, course] = await inOrder(
    listLatestBest(db, wanted),
    listLatestWaste(db, wanted),
    listLatestSellOuts(db, siteIds, days),
    listSalesDays(db, { from: first, limit: sites.length * 4 }, within),
    listAverageDays(db, { from, limit: sites.length * (chartDays + 2) }, within),
  );
  return sites.map((site) => {
    const isOf = (day: string) => (row: { siteId: string; businessDate: string }) =>
      row.siteId === site.siteId && row.businessDate === day;
    const since = addDays(site.today, 1 - chartDays);
    return {
      ...site,
      seesCosts: may(ctx, "costs.read", site.siteId),
      days: [site.today, site.yesterday].map((day) => ({
        businessDate: day,
        isToday: day === site.today,
        sales: sales.data.find(isOf(day)),
        best: best.filter(isOf(day)),
        waste: waste.filter(isOf(day)),
        sellOuts: sellOuts.filter(isOf(day)),
      })),
      course: course.data
        .filter((row) => row.siteId === site.siteId && row.businessDate >= since)
        .toReversed(),
    };
  });
}

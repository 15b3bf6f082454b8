import { decimal, moneyText } from "#platform/decimal.ts";
import { type Html, type HtmlPart, html } from "#platform/html.ts";
import type { AverageDay } from "../model/sales.ts";
import type { LatestItem } from "../queries/latest.ts";
import { addDays } from "../rules/calendar.ts";
import type { LatestDay, LatestOfSite } from "../service/latest.ts";
import { chart } from "./chart.ts";
import { facts, framed, table, utcTime } from "./frame.ts";

/** The latest days of every site as one page. */
export function latestPage(sites: readonly LatestOfSite[], readAt: string): string {
  return framed(
    "Latest days",
    html`<header>
<h1>Latest days</h1>
<p class="quiet">Read at ${utcTime(readAt)}. Amounts are in the company's currency.</p>
${sites.length > 1 && contents(sites)}
</header>
<main>
${sites.length === 0 && html`<p>There is no site in use whose reports you may see.</p>`}
${sites.map(siteSection)}
</main>
<footer class="quiet">Numbers are computed from the books shortly after they change. Every table here
and more is at /api/v1/reports, as JSON and as CSV.</footer>`,
  );
}

function contents(sites: readonly LatestOfSite[]): Html {
  const links = sites.map(({ siteId, siteName }, index) => {
    return html`${index > 0 && ", "}<a href="#site-${siteId}">${siteName}</a>`;
  });
  return html`<nav aria-label="Sites">${links}</nav>`;
}

function siteSection(site: LatestOfSite): Html {
  const { siteId, siteName, computedAt } = site;
  return html`<section aria-labelledby="site-${siteId}">
<h2 id="site-${siteId}">${siteName}</h2>
<p class="quiet">${
    computedAt === null
      ? "Nothing was computed for this site in the last days."
      : `Computed at ${computedAt}, on the site's clock.`
  }</p>
<div class="days">${site.days.map((day) => daySection(site, day))}</div>
${courseOf(site)}
</section>\n`;
}

function daySection({ seesCosts }: LatestOfSite, day: LatestDay): Html {
  const { businessDate, isToday, sales } = day;
  const name = html`<h3>${isToday ? "Today" : "Yesterday"}, ${businessDate}</h3>`;
  if (sales === undefined) {
    return html`<div>${name}<p>${isToday ? "Nothing is recorded yet." : "Nothing was recorded."}</p></div>`;
  }
  const shown: [string, HtmlPart][] = [
    ["Revenue, with tax", sales.revenueGross],
    ["Sales", sales.sales],
    ["Refunds", sales.refunds],
    ["Voided", sales.voids],
  ];
  if (seesCosts) shown.push(["Margin", marginText(sales)]);
  return html`<div>${name}
${facts(shown)}
${seesCosts && sales.pendingLines > 0 && html`<p class="quiet">The cost of ${sales.pendingLines} lines is still to come.</p>`}
${items("Best sellers", "Nothing was sold.", day.best, "Revenue")}
${items("Waste", "Nothing was thrown away.", day.waste, seesCosts ? "Value" : undefined)}
${soldOut(day)}
</div>`;
}

/** In as many digits as the revenue beside it. */
function marginText({ margin, revenueGross }: NonNullable<LatestDay["sales"]>): string {
  if (margin === null || margin === undefined) return "unknown";
  const digits = revenueGross.split(".")[1]?.length ?? 0;
  return moneyText(decimal(margin), digits);
}

function items(
  title: string,
  none: string,
  rows: readonly LatestItem[],
  amount: string | undefined,
): Html {
  if (rows.length === 0) return html`<h3>${title}</h3><p>${none}</p>`;
  const last = amount === undefined ? [] : [{ title: amount, isNumber: true }];
  return html`<h3>${title}</h3>${table({
    caption: amount === undefined ? "By what it was worth" : `By ${amount.toLowerCase()}`,
    columns: [{ title: "Item" }, { title: "Quantity", isNumber: true }, ...last],
    rows: rows.map((row) => [
      row.itemName,
      row.unit === "piece" ? row.quantity : `${row.quantity} ${row.unit}`,
      ...(amount === undefined ? [] : [row.amount]),
    ]),
  })}`;
}

function soldOut({ sellOuts }: LatestDay): Html {
  if (sellOuts.length === 0) return html`<h3>Sold out</h3><p>Nothing was sold out.</p>`;
  return html`<h3>Sold out</h3>${table({
    caption: "When the last of it was sold, on the site's clock",
    columns: [{ title: "Item" }, { title: "Time", isNumber: true }],
    rows: sellOuts.map((row) => [row.itemName, row.soldOutAt]),
  })}`;
}

function courseOf({ siteId, siteName, today, course }: LatestOfSite): Html {
  const title = html`<h3>The last 28 days</h3>`;
  if (course.length === 0) return html`${title}<p>There are no numbers of these days.</p>`;
  const drawn = chart({
    id: `chart-${siteId}`,
    title: `Net revenue of ${siteName} in the last 28 days`,
    description:
      "Bars are days, the line is the average of 7 days. The table below has the numbers.",
    from: addDays(today, -27),
    to: today,
    days: course.map((row) => ({
      day: row.businessDate,
      bar: Number(row.revenueNet),
      line: row.average7 === null ? null : Number(row.average7),
    })),
  });
  return html`${title}<figure>${drawn}
<figcaption>Net revenue a day (bars), and its average of the 7 days that end with it (line).
Days without a sale do not count in averages.</figcaption></figure>
${courseTable(course)}`;
}

function courseTable(course: readonly AverageDay[]): Html {
  const number = (title: string) => ({ title, isNumber: true });
  return table({
    caption: "Net revenue a day, newest first",
    columns: [
      { title: "Day" },
      number("Revenue"),
      number("7 days"),
      number("28 days"),
      number("Same weekday"),
    ],
    rows: course
      .toReversed()
      .map((row) => [
        row.businessDate,
        row.revenueNet,
        row.average7 ?? "none",
        row.average28 ?? "none",
        row.averageWeekday ?? "none",
      ]),
  });
}

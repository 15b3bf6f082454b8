import { type Html, html } from "#platform/html.ts";
import type { SystemStats } from "../service/stats.ts";
import { facts, framed, table, utcTime } from "./frame.ts";

/** How Banneton itself is doing, as one page. */
export function statsPage(stats: SystemStats): string {
  return framed(
    "How Banneton is doing",
    html`<header>
<h1>How Banneton is doing</h1>
<p class="quiet">Read at ${utcTime(stats.readAt)}. Requests and actions are those of the process that
answered, since it began.</p>
</header>
<main>
${reports(stats)}
${jobs(stats)}
${happened(stats)}
${events(stats)}
${requests(stats)}
</main>`,
  );
}

function reports({ reports: { days, newest, marked, waitingSeconds } }: SystemStats): Html {
  return html`<section><h2>Reports</h2>
${facts([
  ["Days computed", days],
  ["Newest computation", newest === null ? "none" : utcTime(newest)],
  ["Days waiting", marked],
  ["Longest wait", waitingSeconds === null ? "none" : `${waitingSeconds} s`],
])}</section>`;
}

const number = (title: string) => ({ title, isNumber: true });

function jobs({ jobs: queues }: SystemStats): Html {
  const title = html`<h2>Jobs</h2>`;
  if (queues === undefined)
    return html`<section>${title}<p>No worker tells of its jobs here.</p></section>`;
  if (queues.length === 0) return html`<section>${title}<p>There are no queues.</p></section>`;
  return html`<section>${title}${table({
    caption: "By queue",
    columns: [
      { title: "Queue" },
      number("Waiting"),
      number("Active"),
      number("Failed"),
      number("Lag"),
    ],
    rows: queues.map(({ name, waiting, active, failed, lagSeconds }) => [
      name,
      waiting,
      active,
      failed,
      lagSeconds === null ? "none" : `${lagSeconds} s`,
    ]),
  })}</section>`;
}

function happened({ happened: events }: SystemStats): Html {
  const title = html`<h2>Events</h2>`;
  if (events.length === 0) return html`<section>${title}<p>None was handed on.</p></section>`;
  return html`<section>${title}${table({
    caption: "What was committed and handed on, by days of UTC",
    columns: [{ title: "Event" }, number("Today"), number("Seven days"), number("Ever")],
    rows: events.map(({ type, today, week, ever }) => [type, today, week, ever]),
  })}</section>`;
}

function events({ counts }: SystemStats): Html {
  if (counts.length === 0) {
    return html`<section><h2>Actions</h2><p>Nothing was done yet.</p></section>`;
  }
  return html`<section><h2>Actions</h2>${table({
    caption: "What was done, most often first",
    columns: [{ title: "What" }, number("Count")],
    rows: counts.map(({ what, count }) => [what, count]),
  })}</section>`;
}

function requests({ traffic }: SystemStats): Html {
  if (traffic.length === 0) {
    return html`<section><h2>Requests</h2><p>Nothing was asked yet.</p></section>`;
  }
  return html`<section><h2>Requests</h2>${table({
    caption: "By route, most asked first; 95 of 100 were answered within the time given",
    columns: [
      { title: "Route" },
      number("Requests"),
      number("Failed"),
      number("Mean"),
      number("95 of 100"),
    ],
    rows: traffic.map((each) => [
      each.route,
      each.requests,
      each.failures,
      `${each.meanMs.toFixed(1)} ms`,
      each.ms95 === null ? "over 10 s" : `${each.ms95} ms`,
    ]),
  })}</section>`;
}

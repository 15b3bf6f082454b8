import { type Html, html } from "#platform/html.ts";
import { addDays } from "../rules/calendar.ts";
import { ticksBetween } from "../rules/scale.ts";

export interface ChartDay {
  readonly day: string;
  /** Drawn only: the numbers themselves stand in the table below. */
  readonly bar: number;
  readonly line: number | null;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly to: string;
  readonly days: readonly ChartDay[];
}

const [width, height] = [760, 260];
const edge = { left: 64, right: 8, top: 10, bottom: 30 };

/** Bars a day with a line over them, as SVG that needs no script. */
export function chart({ id, title, description, from, to, days }: Chart): Html {
  const dates = datesBetween(from, to);
  const values = days.flatMap(({ bar, line }) => [bar, line ?? 0]);
  const ticks = ticksBetween(Math.min(...values, 0), Math.max(...values, 0));
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const step = (width - edge.left - edge.right) / dates.length;
  const x = (day: string) => edge.left + step * dates.indexOf(day);
  const y = (value: number) =>
    edge.top + ((height - edge.top - edge.bottom) * (high - value)) / (high - low);
  const zero = y(0);
  const grid = ticks.map(
    (
      tick,
    ) => html`<line class="${tick === 0 ? "axis" : "grid"}" x1="${edge.left}" x2="${width - edge.right}" y1="${at(y(tick))}" y2="${at(y(tick))}"/>
<text x="${edge.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${tick}</text>\n`,
  );
  const bars = days.map(({ day, bar }) => {
    const [top, bottom] = [Math.min(y(bar), zero), Math.max(y(bar), zero)];
    return html`<rect class="bar" x="${at(x(day) + step * 0.14)}" y="${at(top)}" width="${at(step * 0.72)}" height="${at(bottom - top)}"/>\n`;
  });
  const points = days.flatMap(({ day, line }) =>
    line === null ? [] : [`${at(x(day) + step / 2)},${at(y(line))}`],
  );
  const labels = dates
    .filter((_, index) => (dates.length - 1 - index) % 7 === 0)
    .map(
      (day) =>
        html`<text x="${at(x(day) + step / 2)}" y="${height - 8}" text-anchor="middle">${day.slice(5)}</text>\n`,
    );
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>
${grid}${bars}${lineOf(points)}${labels}</svg>`;
}

/** One point makes no line. */
function lineOf(points: readonly string[]): Html {
  const [only] = points;
  if (points.length !== 1 || only === undefined) {
    return html`<polyline class="line" points="${points.join(" ")}"/>\n`;
  }
  const [cx = "", cy = ""] = only.split(",");
  return html`<circle class="dot" cx="${cx}" cy="${cy}" r="4"/>\n`;
}

function datesBetween(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) dates.push(day);
  return dates;
}

const at = (value: number) => String(Math.round(value * 10) / 10);

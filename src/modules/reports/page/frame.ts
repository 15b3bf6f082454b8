import { Html, type HtmlPart, html } from "#platform/html.ts";
import { pageStyle } from "./style.ts";

/** A page complete in itself: no script, no other file. */
export function framed(title: string, body: HtmlPart): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of each is what the row is about. */
  readonly rows: readonly (readonly HtmlPart[])[];
}

export function table({ caption, columns, rows }: Table): Html {
  const kind = (index: number) => columns[index]?.isNumber === true && html` class="number"`;
  const head = columns.map(({ title }, index) => html`<th scope="col"${kind(index)}>${title}</th>`);
  const cell = (part: HtmlPart, index: number) =>
    index === 0 ? html`<th scope="row">${part}</th>` : html`<td${kind(index)}>${part}</td>`;
  return html`<div class="wide"><table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`;
}

export function facts(of: readonly (readonly [term: string, text: HtmlPart])[]): Html {
  return html`<dl class="facts">${of.map(
    ([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`,
  )}</dl>`;
}

/** An instant to the minute, in UTC. */
export function utcTime(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

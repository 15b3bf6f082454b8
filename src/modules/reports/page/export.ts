import { Html, html } from "#platform/html.ts";
import type { ExportColumn, ExportedRow } from "../rules/export.ts";
import type { About } from "../rules/export-xlsx.ts";

const style = `
@page { size: A4 landscape; margin: 12mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9px; } }
body { font: 11px/1.35 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #14110f; margin: 0; }
h1 { font-size: 18px; margin: 0 0 2px; }
p { margin: 0 0 2px; color: #4a443f; }
table { width: 100%; border-collapse: collapse; margin-top: 8px; font-variant-numeric: tabular-nums; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { text-align: left; padding: 2px 6px 2px 0; border-bottom: 1px solid #d8d1c9; vertical-align: top; }
thead th { border-bottom: 1px solid #14110f; }
.number { text-align: right; }
td.number, .date { white-space: nowrap; }
@media screen { body { max-width: 110rem; margin: 0 auto; padding: 16px; } }
`;

/** A page to print: the head of its table stands on every sheet, and nothing in it runs. */
export async function* printedPage(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportedRow[]>,
  { title, notes }: About,
): AsyncGenerator<string> {
  const shown = columns.filter(({ kind }) => kind !== "id" && kind !== "instant");
  const kindOf = ({ kind }: ExportColumn) => kind !== "text" && html` class="${kind}"`;
  const heads = shown.map((column) => html`<th scope="col"${kindOf(column)}>${column.title}</th>`);
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>${title}</h1>
${notes.map((note) => html`<p>${note}</p>\n`)}<table>
<thead><tr>${heads}</tr></thead>
<tbody>
`.text;
  let count = 0;
  for await (const rows of pages) {
    count += rows.length;
    const lines = rows.map((row) => {
      const cells = shown.map(
        (column) => html`<td${kindOf(column)}>${textOf(row[column.name])}</td>`,
      );
      return html`<tr>${cells}</tr>\n`;
    });
    yield html`${lines}`.text;
  }
  const end = count === 0 ? "Nothing was recorded for this." : `${count} rows`;
  yield html`</tbody>
</table>
<p>${end}</p>
</body>
</html>
`.text;
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

import { stringify } from "csv-stringify/sync";

export type CsvCell = string | number | boolean | null | undefined;

const isDecimal = /^-?\d+(?:\.\d+)?$/;
// What a spreadsheet would run; the full-width forms are read like the plain ones.
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Lines of CSV (RFC 4180, CRLF). A text that a spreadsheet would take for a formula gets an apostrophe
 * before it; a plain negative number is none.
 */
export function csvLines(rows: readonly (readonly CsvCell[])[]): string {
  return stringify(rows.map((row) => row.map(safe)) as CsvCell[][], {
    record_delimiter: "windows",
  });
}

function safe(cell: CsvCell): string {
  if (cell === null || cell === undefined) return "";
  const text = String(cell);
  return formula.test(text) && !isDecimal.test(text) ? `'${text}` : text;
}

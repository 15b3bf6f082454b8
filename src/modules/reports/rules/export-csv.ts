import { type CsvCell, csvLines } from "#platform/csv.ts";
import type { ExportColumn, ExportedRow } from "./export.ts";

/** The lines of a list as CSV, with its end marked: without the last line something is missing. */
export async function* csvOf(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportedRow[]>,
): AsyncGenerator<string> {
  let count = 0;
  yield csvLines([columns.map(({ name }) => name)]);
  for await (const rows of pages) {
    count += rows.length;
    yield csvLines(rows.map((row) => columns.map(({ name }) => row[name] as CsvCell)));
  }
  yield csvLines([[`# end: ${count} records`]]);
}

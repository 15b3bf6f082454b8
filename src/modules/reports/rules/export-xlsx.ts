import writeExcelFile, { type SheetData } from "write-excel-file/node";
import type { ExportColumn, ExportedRow } from "./export.ts";

/** A workbook is made in memory. */
export const workbookRowsMax = 20_000;

export interface About {
  readonly title: string;
  /** Lines that say what was asked for, and when. */
  readonly notes: readonly string[];
}

const dayMs = 86_400_000;

/** A workbook of two sheets: the rows, and what they are. Numbers are numbers, texts never formulas. */
export async function workbookOf(
  columns: readonly ExportColumn[],
  rows: readonly ExportedRow[],
  { title, notes }: About,
): Promise<Uint8Array> {
  const shown = columns.filter(({ kind }) => kind !== "id");
  const head = shown.map((column) => ({ value: column.title, type: String, fontWeight: "bold" }));
  const body = rows.map((row) => shown.map((column) => cellOf(column, row[column.name])));
  const about = [title, ...notes].map((line) => [{ value: line, type: String }]);
  const widths = shown.map(({ kind }) => ({ width: kind === "text" ? 28 : 16 }));
  const buffer = await writeExcelFile([
    { data: [head, ...body] as SheetData, sheet: "Report", columns: widths, stickyRowsCount: 1 },
    { data: about as SheetData, sheet: "About", columns: [{ width: 80 }] },
  ]).toBuffer();
  return new Uint8Array(buffer);
}

function cellOf({ kind }: ExportColumn, value: unknown) {
  if (value === null || value === undefined) return null;
  if (kind === "number") return { value: Number(value), type: Number };
  // At noon, so that no zone of whoever writes makes it another day.
  if (kind === "date") {
    const noon = new Date(Date.parse(`${value}T00:00:00Z`) + dayMs / 2);
    return { value: noon, type: Date, format: "yyyy-mm-dd" };
  }
  return { value: String(value), type: String };
}

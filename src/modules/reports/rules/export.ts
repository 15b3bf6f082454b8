import type { TSchema } from "@sinclair/typebox";
import { guardOf } from "#platform/schema.ts";
import type { ExportFilters, ExportFormat, ReportName } from "../model/exports.ts";

/** How a column's values are written where a file knows kinds of values. */
export type ColumnKind = "number" | "date" | "instant" | "id" | "text";

export interface ExportColumn {
  readonly name: string;
  /** `businessDate` as people read it: "Business date". */
  readonly title: string;
  readonly kind: ColumnKind;
}

export type ExportedRow = Readonly<Record<string, unknown>>;

interface Field extends TSchema {
  readonly type?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly anyOf?: readonly Field[];
}

/** The columns of a list, without those that nobody with these rights sees. */
export function columnsOf(page: TSchema, sees: (permission: string) => boolean): ExportColumn[] {
  const fields = (page["properties"]?.data?.items?.properties ?? {}) as Record<string, Field>;
  return Object.entries(fields).flatMap(([name, field]) => {
    const guard = guardOf(field);
    if (guard !== undefined && !sees(guard)) return [];
    return [{ name, title: titleOf(name), kind: kindOf(field) }];
  });
}

function kindOf(field: Field): ColumnKind {
  const plain = field.anyOf?.find(({ type }) => type !== "null") ?? field;
  if (plain.type === "integer" || plain.pattern === "^-?\\d+(\\.\\d+)?$") return "number";
  if (plain.format === "date") return "date";
  if (plain.pattern?.startsWith("^\\d{4}-")) return "instant";
  return plain.pattern?.startsWith("^[0-9a-f]{8}-") === true ? "id" : "text";
}

function titleOf(name: string): string {
  const words = name.replaceAll(/([A-Z]|\d+)/g, " $1").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `banneton-sales-days-2026-06-01-2026-06-30.csv`. */
export function fileNameOf(
  report: ReportName,
  { from, to, on }: ExportFilters,
  format: ExportFormat,
): string {
  const parts = ["banneton", report, from, to, on].filter((part) => part !== undefined);
  return `${parts.join("-")}.${format}`;
}

/** What was asked for, as people read it. */
export function filtersText({ from, to, on, by }: ExportFilters): string {
  const parts = [
    from === undefined ? undefined : `from ${from}`,
    to === undefined ? undefined : `to ${to}`,
    on === undefined ? undefined : `on ${on}`,
    by === undefined ? undefined : `by ${by}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "all days" : parts.join(", ");
}

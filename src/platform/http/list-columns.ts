import type { CsvCell } from "#platform/csv.ts";
import type { Document } from "#platform/http/openapi.ts";

export type ListedRecord = Readonly<Record<string, unknown>>;

/** A column of a list as CSV: a plain field of the record, or of each of its lines. */
export interface Column {
  readonly name: string;
  readonly field: string;
  readonly isOfLine: boolean;
}

interface Shape {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

type Operation = Document["paths"][string][string] | undefined;

const lines = "lines";

/**
 * The columns of a list, from the shape that its answer is checked by; undefined if it is no list. A
 * record with lines becomes one row a line, with the record's fields repeated.
 */
export function columnsOf(document: Document, operation: Operation): Column[] | undefined {
  const isPaged = operation?.parameters?.some((each) => "name" in each && each.name === "cursor");
  const answer = operation?.responses["200"];
  if (isPaged !== true || answer === undefined || "$ref" in answer) return undefined;
  const schema = answer.content?.["application/json"]?.schema as Shape | undefined;
  const page = resolve(document, schema);
  const record = resolve(document, resolve(document, page?.properties?.["data"])?.items);
  if (record?.properties === undefined) return undefined;
  const own = plainFields(document, record).map((field): Column => {
    return { name: field, field, isOfLine: false };
  });
  const line = resolve(document, resolve(document, record.properties[lines])?.items);
  if (line === undefined) return own;
  const ofLine = plainFields(document, line).map((field): Column => {
    return { name: `line.${field}`, field, isOfLine: true };
  });
  return [...own, ...ofLine];
}

function resolve(document: Document, shape: Shape | undefined): Shape | undefined {
  if (shape?.$ref === undefined) return shape;
  return document.components.schemas[shape.$ref.split("/").at(-1) ?? ""] as Shape | undefined;
}

function plainFields(document: Document, { properties = {} }: Shape): string[] {
  const isPlain = (shape: Shape | undefined): boolean => {
    const meant = resolve(document, shape);
    if (meant?.anyOf !== undefined) return meant.anyOf.every(isPlain);
    return meant?.type !== "object" && meant?.type !== "array";
  };
  return Object.entries(properties).flatMap(([field, shape]) => (isPlain(shape) ? [field] : []));
}

/** A record's rows: one a line, or one if it has none. */
export function rowsOf(record: ListedRecord, columns: readonly Column[]): CsvCell[][] {
  const own = columns.some(({ isOfLine }) => isOfLine) ? record[lines] : undefined;
  const parts = Array.isArray(own) && own.length > 0 ? (own as ListedRecord[]) : [{}];
  return parts.map((line: ListedRecord) =>
    columns.map(({ field, isOfLine }) => cellOf((isOfLine ? line : record)[field])),
  );
}

/** A field of any shape, such as what the audit says was changed, is its JSON. */
function cellOf(value: unknown): CsvCell {
  if (value !== null && typeof value === "object") return JSON.stringify(value);
  return value as CsvCell;
}

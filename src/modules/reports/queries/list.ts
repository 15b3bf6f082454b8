import type { Db } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, type KeyForm, type Page, type PageQuery, pageOf } from "#platform/page.ts";

export interface ReportFilter extends PageQuery {
  readonly siteId?: string | undefined;
  readonly itemId?: string | undefined;
  /** Business dates, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Whose and how: the sites a caller may see (undefined is all), and the currency's digits. */
export interface Scope {
  readonly siteIds: readonly string[] | undefined;
  readonly minorDigits: number;
}

export interface Key<Row> {
  readonly column: string;
  readonly form: KeyForm;
  of(row: Row): string;
}

/** A list of report rows; `r` is the table whose rows it shows. */
export interface Report<Row> {
  readonly name: string;
  /** Selected columns; `money` rounds to the currency's digits. */
  columns(money: (expression: string) => string): string;
  readonly from: string;
  readonly condition?: string;
  readonly groupBy?: string;
  /** Its order: all newest or greatest first. */
  readonly keys: readonly Key<Row>[];
}

export const decimalOf = (expression: string) => `trim_scale(${expression})::text`;

/** Every money column of takings, as the model names them. */
export function takingsOf(source: string, money: (expression: string) => string): string {
  const columns = [
    "gross",
    "discount",
    "net",
    "tax",
    "total",
    "refund_net",
    "refund_tax",
    "refund_total",
    "void_total",
  ];
  const sum = (column: string) => source.replaceAll("?", `r.${column}`);
  return [
    ...columns.map((column) => `${money(sum(column))} as "${camel(column)}"`),
    `${money(`${sum("net")} - ${sum("refund_net")}`)} as "revenueNet"`,
    `${money(`${sum("total")} - ${sum("refund_total")}`)} as "revenueGross"`,
    marginsOf(source, money),
  ].join(", ");
}

export function marginsOf(source: string, money: (expression: string) => string): string {
  const sum = (column: string) => source.replaceAll("?", `r.${column}`);
  return `${decimalOf(sum("cost"))} as cost,
    ${decimalOf(`${sum("final_net")} - ${sum("final_cost")}`)} as margin,
    ${money(sum("final_net"))} as "marginOf", (${sum("pending_lines")})::integer as "pendingLines"`;
}

export function camel(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** One page of a report, within the sites of its scope. */
export async function listReport<Row>(
  db: Db,
  report: Report<Row>,
  filter: ReportFilter,
  scope: Scope,
): Promise<Page<Row>> {
  const { keys, condition } = report;
  const after = cursorKeys(filter, ...keys.map(({ form }) => form));
  const where = new Where();
  let digits: string | undefined;
  // A parameter that the text does not use has no type.
  const money = (each: string) => {
    digits ??= `$${where.values.push(scope.minorDigits)}::integer`;
    return `round(${each}, ${digits})::text`;
  };
  const selected = report.columns(money);
  const columns = keys.map(({ column }) => column).join(", ");
  where
    .add("r.site_id = ?", filter.siteId)
    .add("r.site_id = any(?::uuid[])", scope.siteIds)
    .add("r.item_id = ?", filter.itemId)
    .add("r.business_date >= ?", filter.from)
    .add("r.business_date <= ?", filter.to)
    .add(`(${columns}) < (${keys.map(() => "?").join(", ")})`, ...(after ?? [undefined]));
  if (condition !== undefined) where.add(condition);
  const order = keys.map(({ column }) => `${column} desc`).join(", ");
  const group = report.groupBy === undefined ? "" : `group by ${report.groupBy}`;
  const text = `select ${selected}
    from ${report.from} ${where.text} ${group}
    order by ${order} limit $${where.values.push(filter.limit + 1)}`;
  const rows = await runList<Row>(db, report.name, text, where);
  return pageOf(
    rows,
    filter,
    (row) => keys.map((key) => key.of(row)),
    (row) => row,
  );
}

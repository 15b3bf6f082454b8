import { decimal, decimalText, trimZeros, ZERO } from "#platform/decimal.ts";
import type { TillMapping } from "../../model/till-mapping.ts";
import type { Flag, FlagCode } from "./flags.ts";
import { type StagedLine, unpackLines } from "./staged.ts";

/** A row of staged lines as it is read back. */
export interface StagedRow {
  readonly sortKey: string;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly lines: string;
}

/** A ticket as it will be a sale. */
export interface Ticket {
  /** Its number here, unique at the site. */
  readonly number: string;
  readonly businessDate: string;
  readonly soldAt: string;
  readonly lines: StagedLine[];
}

const linesMax = 2_000;
const totalMax = decimal("1000000000000");

/**
 * Puts staged rows, ordered by ticket and row, together into tickets. A number that comes on several
 * business dates makes a sale for each, so that the totals of the days stay those of the file.
 */
export function ticketsOf(
  rows: readonly StagedRow[],
  scope: TillMapping["ticketScope"],
): { readonly tickets: Ticket[]; readonly flags: Flag[] } {
  const all: Ticket[] = [];
  const flags: Flag[] = [];
  for (const [key, ofKey] of groupBy(rows, (row) => row.sortKey)) {
    if (scope === "line") all.push(...lineTickets(key, ofKey));
    else all.push(...numberedTickets(key, ofKey, flags));
  }
  const tickets = all.filter(({ lines }) => {
    const code = tooMuch(lines);
    if (code === undefined) return true;
    for (const { row } of lines) flags.push({ row, column: "", code });
    return false;
  });
  return { tickets, flags };
}

/** Why the books cannot hold these lines as one ticket. */
function tooMuch(lines: readonly StagedLine[]): FlagCode | undefined {
  if (lines.length > linesMax) return "ticket_too_long";
  return decimal(sumOf(lines.map(({ total }) => total))).gte(totalMax) ? "too_large" : undefined;
}

/** Lines without tickets: identical ones are numbered, so that none is taken for another. */
function lineTickets(key: string, rows: readonly StagedRow[]): Ticket[] {
  let count = 0;
  return rows.flatMap(({ businessDate, soldAt, lines }) =>
    unpackLines(lines).map((line) => {
      count += 1;
      return { number: `${key}#${count}`, businessDate, soldAt, lines: [line] };
    }),
  );
}

function numberedTickets(key: string, rows: readonly StagedRow[], flags: Flag[]): Ticket[] {
  const byDate = groupBy(rows, (row) => row.businessDate);
  const tickets: Ticket[] = [];
  for (const [businessDate, ofDate] of [...byDate].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const lines = ofDate.flatMap((row) => unpackLines(row.lines));
    const number = tickets.length === 0 ? key : `${key}@${businessDate}`;
    if (tickets.length > 0) {
      flags.push({ row: lines[0]?.row ?? 0, column: "", code: "ticket_split" });
    }
    tickets.push({ number, businessDate, soldAt: ofDate[0]?.soldAt ?? "", lines });
  }
  return tickets;
}

export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** A line as it was printed. */
export interface PrintedLine {
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly total: string;
}

/** What a ticket says, whatever the order of its lines: equal tickets, equal text. */
export function ticketText(soldAt: string, lines: readonly PrintedLine[]): string {
  const said = lines.map(({ name, quantity, unitPrice, total }) =>
    [name, trimZeros(quantity), trimZeros(unitPrice), trimZeros(total)].join("\t"),
  );
  return [soldAt, ...said.sort()].join("\n");
}

/** What a page of tickets adds to its business dates. */
export interface DaySum {
  readonly businessDate: string;
  readonly tickets: number;
  readonly lines: number;
  readonly quantity: string;
  readonly total: string;
}

export function daySums(tickets: readonly Pick<Ticket, "businessDate" | "lines">[]): DaySum[] {
  return [...groupBy(tickets, (ticket) => ticket.businessDate)].map(([businessDate, ofDate]) => {
    const lines = ofDate.flatMap((ticket) => ticket.lines);
    const quantity = sumOf(lines.map((line) => line.quantity));
    const total = sumOf(lines.map((line) => line.total));
    return { businessDate, tickets: ofDate.length, lines: lines.length, quantity, total };
  });
}

/** The same few numbers come again and again: each is counted, then multiplied. */
function sumOf(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let total = ZERO;
  for (const [value, count] of counts) total = total.plus(decimal(value).times(String(count)));
  return decimalText(total);
}

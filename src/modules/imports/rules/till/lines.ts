import type { TillMapping } from "../../model/till-mapping.ts";
import { type Amounts, amountsReader } from "./amounts.ts";
import type { Spellings } from "./articles.ts";
import type { Places } from "./columns.ts";
import type { Flag, FlagCode } from "./flags.ts";
import { dayReader, readClock } from "./moments.ts";

/** One line of a ticket, in the books' own notation. */
export interface TillLine extends Omit<Amounts, "notices"> {
  readonly row: number;
  /** What its ticket is known by. */
  readonly ticket: string;
  readonly day: string;
  /** HH:MM:SS; null if the file knows no time: the day is a trading day then. */
  readonly clock: string | null;
  /** Position among the file's spellings. */
  readonly article: number;
}

interface Terms {
  readonly mapping: TillMapping;
  readonly places: Places;
  readonly minorDigits: number;
  readonly spellings: Spellings;
}

interface Sink {
  line(line: TillLine): void;
  flag(flag: Flag): void;
}

interface Moment {
  readonly day: string;
  readonly clock: string | null;
}

const ticketLengthMax = 100;
const columnLengthMax = 80;
const remembered = 5_000;

/** Turns rows of cells into lines and flags. */
export function rowReader({ mapping, places, minorDigits, spellings }: Terms, sink: Sink) {
  const { of, width, products } = places;
  const { columns } = mapping;
  const readAmounts = amountsReader(mapping, minorDigits);
  const readMoment = momentReader(mapping);
  const cell = (cells: readonly string[], place: number | undefined) =>
    place === undefined ? undefined : (cells[place] ?? "");

  const flag = (row: number, code: FlagCode, column = ""): undefined => {
    sink.flag({ row, column: column.replaceAll("\0", "").slice(0, columnLengthMax), code });
    return undefined;
  };

  function take(
    row: number,
    { day, clock }: Moment,
    ticketOf: (key: string) => string,
    { given, amounts, column }: { given: string; amounts: Amounts | FlagCode; column: string },
  ): undefined {
    const spelling = spellings.take(given);
    if (typeof spelling === "string") return flag(row, spelling, column);
    if (typeof amounts === "string") {
      spelling.lines -= 1;
      return flag(row, amounts, columnOf(amounts, mapping) ?? column);
    }
    if (given.includes("\u{FFFD}")) flag(row, "encoding", column);
    if (spelling.isOdd) flag(row, "odd_name", column);
    if (spelling.isBroken && mapping.layout === "lines") flag(row, "line_break", column);
    for (const code of amounts.notices) flag(row, code, columnOf(code, mapping) ?? column);
    const { quantity, unitPrice, total, isReturn } = amounts;
    const ticket = ticketOf(`${spelling.key} ${quantity} ${unitPrice} ${total}`);
    const article = spelling.position;
    sink.line({ row, ticket, day, clock, article, quantity, unitPrice, total, isReturn });
  }

  return (cells: readonly string[], row: number): undefined => {
    if (cells.length !== width) {
      if (cells.length === 1 && cells[0]?.trim() === "") return;
      if (cells.length < width || cells.slice(width).some((each) => each.trim() !== "")) {
        return flag(row, "columns");
      }
    }
    const moment = readMoment(cell(cells, of.date) ?? "", cell(cells, of.time));
    if (typeof moment === "string") return flag(row, moment, columnOf(moment, mapping));
    const number = cell(cells, of.ticket)?.trim();
    const till = cell(cells, of.till)?.trim() ?? mapping.till;
    const ticketOf = ticketNamer(mapping, moment, { number, till });
    if (ticketOf === undefined) return flag(row, "ticket", columns.ticket ?? columns.till);
    if (mapping.layout === "lines") {
      const amounts = readAmounts(
        cell(cells, of.quantity),
        cell(cells, of.unitPrice),
        cell(cells, of.total),
      );
      const column = columns.article ?? "";
      return take(row, moment, ticketOf, { given: cell(cells, of.article) ?? "", amounts, column });
    }
    for (const { place, name } of products) {
      const amounts = readAmounts(cells[place]?.trim() || "0");
      if (amounts !== "zero_quantity")
        take(row, moment, ticketOf, { given: name, amounts, column: name });
    }
  };
}

/** The column that a flag is about, where the mapping has one. */
function columnOf(code: FlagCode, { columns, layout }: TillMapping): string | undefined {
  if (code === "date") return columns.date;
  if (code === "time") return columns.time ?? columns.date;
  if (layout === "wide") return undefined;
  if (code === "quantity" || code === "zero_quantity") return columns.quantity;
  if (code === "price" || code === "zero_price") return columns.unitPrice ?? columns.total;
  return code === "total" || code === "total_differs" ? columns.total : undefined;
}

function momentReader({ dateOrder }: TillMapping) {
  const readDay = dayReader(dateOrder);
  const days = new Map<string, ReturnType<typeof readDay>>();
  const clocks = new Map<string, string | undefined>();
  return (date: string, time: string | undefined): Moment | FlagCode => {
    const read = once(days, date, readDay);
    if (read === undefined) return "date";
    const said = time ?? read.rest;
    if (time === undefined && said === "") return { day: read.day, clock: null };
    const clock = once(clocks, said, readClock);
    // A day beside a column of times may say midnight too.
    return clock === undefined ? "time" : { day: read.day, clock };
  };
}

function once<T>(known: Map<string, T>, key: string, read: (key: string) => T): T {
  if (known.has(key)) return known.get(key) as T;
  const value = read(key);
  if (known.size >= remembered) known.clear();
  known.set(key, value);
  return value;
}

interface Numbered {
  readonly number: string | undefined;
  readonly till: string | undefined;
}

/** What a line's ticket is known by, given what the line itself says; undefined if it has none. */
function ticketNamer(
  { ticketScope }: TillMapping,
  { day, clock }: Moment,
  { number, till }: Numbered,
): ((said: string) => string) | undefined {
  const before = till === undefined || till === "" ? "" : `${till}:`;
  const moment = clock === null ? day : `${day} ${clock}`;
  if (!isName(before)) return undefined;
  if (ticketScope === "moment") return () => `${before}${moment}`;
  if (ticketScope === "line") return (said) => `${before}${moment} ${said}`;
  if (number === undefined || number === "" || !isName(number)) return undefined;
  const name = ticketScope === "day" ? `${before}${day}/${number}` : `${before}${number}`;
  return () => name;
}

function isName(text: string): boolean {
  return text.length <= ticketLengthMax && !/[\0\r\n]/.test(text);
}

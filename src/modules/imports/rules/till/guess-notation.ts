import type { GuessReason } from "../../model/till-exports.ts";
import { dateOrders, type TillMapping } from "../../model/till-mapping.ts";
import type { GuessedColumns } from "./guess-columns.ts";
import { dayReader } from "./moments.ts";

type Notation = Pick<
  TillMapping,
  "dateOrder" | "decimal" | "quantityDecimal" | "thousands" | "currency" | "ticketScope"
>;
type Rows = readonly (readonly string[])[];

/** How days, numbers and tickets are written, by what the cells hold. */
export function guessNotation(
  rows: Rows,
  { places, layout }: GuessedColumns,
): { notation: Notation; reasons: GuessReason[] } {
  const cellsOf = (place: number | undefined) =>
    place === undefined ? [] : rows.map((row) => (row[place] ?? "").trim());
  const reasons: GuessReason[] = [];
  const days = cellsOf(places.date).filter((cell) => cell !== "");
  const dateOrder = guessOrder(days, reasons);
  const money = [places.unitPrice, places.total].flatMap(cellsOf);
  const quantities = cellsOf(places.quantity);
  const numbers = [...money, ...quantities];
  const signs = new Set(numbers.map((cell) => /\p{Sc}|\b[A-Z]{3}\b/u.exec(cell)?.[0]));
  const currency = [...signs].find((sign) => sign !== undefined);
  const marked = money.some((cell) => /\d[.,]\d/.test(cell)) ? money : numbers;
  const { decimal, thousands } = guessMarks(marked, reasons);
  const ofQuantities = guessMarks(quantities, []).decimal;
  const isOther = ofQuantities !== decimal && quantities.some((cell) => /\d[.,]\d/.test(cell));
  // A row of a wide table belongs together even without a time.
  const hasTime =
    layout === "wide" || places.time !== undefined || days.some((cell) => /:\d/.test(cell));
  const tickets = cellsOf(places.ticket).map(
    (ticket, index) => [ticket, days[index] ?? ""] as const,
  );
  const ticketScope = guessScope(tickets, dateOrder, hasTime, reasons);
  const more = {
    ...(currency === undefined ? {} : { currency }),
    ...(isOther ? { quantityDecimal: ofQuantities } : {}),
  };
  return { notation: { dateOrder, decimal, thousands, ...more, ticketScope }, reasons };
}

function guessOrder(days: readonly string[], reasons: GuessReason[]): Notation["dateOrder"] {
  const share = (order: Notation["dateOrder"]) => {
    const read = dayReader(order);
    return days.filter((cell) => read(cell) !== undefined).length / days.length;
  };
  const ranked = dateOrders.map((order) => ({ order, fits: share(order) }));
  const best = Math.max(...ranked.map(({ fits }) => fits));
  const fitting = ranked.filter(({ fits }) => fits === best).map(({ order }) => order);
  const order = fitting[0] ?? "ymd";
  const isSure = fitting.length === 1;
  const reason = isSure ? "Only this order fits the days." : "Several orders fit the days.";
  reasons.push({ field: "dateOrder", confidence: isSure ? "certain" : "unsure", reason });
  return order;
}

const marks = [".", ","] as const;

function guessMarks(numbers: readonly string[], reasons: GuessReason[]) {
  const isDecimal = (mark: string) => {
    const form = new RegExp(`\\d\\${mark}(\\d{1,2}|\\d{4,})(?!\\d)`);
    return numbers.some((cell) => form.test(cell));
  };
  const found = marks.filter(isDecimal);
  const isSure = found.length === 1;
  const said = numbers.some((cell) => /\d[.,]\d/.test(cell));
  const confidence = isSure ? "certain" : said ? "unsure" : "likely";
  const decimal = found[0] ?? ".";
  const reason = isSure ? `"${decimal}" stands before the last digits.` : "Nothing tells for sure.";
  reasons.push({ field: "decimal", confidence, reason });
  const candidates = ([".", ",", " ", "'"] as const).filter((mark) => mark !== decimal);
  const isGroup = (mark: string) => {
    const one = mark === " " ? "[ \\u00a0\\u202f]" : `\\${mark}`;
    const form = new RegExp(`(?<!\\d)\\d{1,3}(?:${one}\\d{3})+(?!\\d)`);
    return numbers.some((cell) => form.test(cell));
  };
  return { decimal, thousands: candidates.find(isGroup) ?? ("" as const) };
}

function guessScope(
  tickets: readonly (readonly [ticket: string, day: string])[],
  order: Notation["dateOrder"],
  hasTime: boolean,
  reasons: GuessReason[],
): Notation["ticketScope"] {
  const told = (
    scope: Notation["ticketScope"],
    confidence: GuessReason["confidence"],
    reason: string,
  ) => {
    reasons.push({ field: "ticketScope", confidence, reason });
    return scope;
  };
  if (tickets.length === 0) {
    if (!hasTime) return told("line", "likely", "There are neither tickets nor times.");
    return told("moment", "likely", "There are no tickets: lines of one moment are one.");
  }
  const read = dayReader(order);
  const dayOf = new Map<string, string>();
  for (const [ticket, cell] of tickets) {
    const day = read(cell)?.day ?? cell;
    if (dayOf.has(ticket) && dayOf.get(ticket) !== day) {
      return told("day", "likely", "Numbers come again on other days.");
    }
    dayOf.set(ticket, day);
  }
  const isSure = new Set(dayOf.values()).size > 1;
  const reason = isSure ? "No number comes on two days." : "The sample has one day only.";
  return told("file", isSure ? "certain" : "likely", reason);
}

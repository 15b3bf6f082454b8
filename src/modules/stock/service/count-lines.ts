import {
  type Decimal,
  decimal,
  decimalText,
  divide,
  VALUE_PLACES,
  ZERO,
} from "#platform/decimal.ts";
import * as errors from "../errors.ts";
import type { Count, NewCount } from "../model/count.ts";
import type { BooksRow, CountLineRow } from "../queries/counts.ts";
import type { DocumentLine } from "../queries/documents.ts";

/** A counted line beside what the books say of it. */
export interface Found extends CountLineRow {
  readonly index: number;
  readonly change: Decimal;
  readonly gain: Decimal;
  readonly books: BooksRow;
}

/** One item is counted once as a whole, or lot by lot: both together would count it twice. */
export function refuseTwice(lines: NewCount["lines"]): void {
  const seen = new Map<string, Set<string>>();
  lines.forEach(({ itemId, lotId = "" }, index) => {
    const lots = seen.get(itemId) ?? new Set();
    const isTwice = lots.has(lotId) || lots.has("") || (lotId === "" && lots.size > 0);
    if (isTwice) throw errors.countedTwice(`/lines/${index}`);
    seen.set(itemId, lots.add(lotId));
  });
}

/** What the books must take for a line to be true at count time. */
export function compare(
  line: DocumentLine,
  given: {
    readonly index: number;
    readonly lotId: string | undefined;
    readonly books: BooksRow | undefined;
  },
): Found {
  const { index, lotId, books } = given;
  if (books === undefined || (lotId !== undefined && !books.isLotKnown)) {
    throw errors.lotUnknown(`/lines/${index}/lotId`);
  }
  const change = decimal(line.quantity).minus(decimal(books.expected));
  const isGain = change.gt(ZERO);
  return {
    ...line,
    index,
    books,
    change,
    lotId: lotId ?? null,
    difference: decimalText(change),
    gain: isGain ? worth(change, books) : ZERO,
    isCostUnknown: isGain && books.costValue === null,
  };
}

/** What the audit says of a count. */
export function differencesOf(found: readonly Found[]) {
  const different = found.filter((line) => !line.change.eq(ZERO));
  return different.map(({ itemId, lotId, difference }) => ({ itemId, lotId, difference }));
}

/** At the unit value of the newest layer; 0 if the item never had a cost. */
function worth(quantity: Decimal, { costValue, costQuantity }: BooksRow): Decimal {
  if (costValue === null || costQuantity === null) return ZERO;
  return divide(decimal(costValue).times(quantity), decimal(costQuantity), VALUE_PLACES);
}

export function toAnswer(line: Found, value: Decimal): Count["lines"][number] {
  return {
    id: line.id,
    itemId: line.itemId,
    lotId: line.lotId,
    quantity: line.quantityEntered,
    unit: line.unit,
    factor: { numerator: line.numerator, denominator: line.denominator },
    counted: line.quantity,
    expected: decimalText(decimal(line.books.expected)),
    difference: line.difference,
    value: decimalText(value),
    isCostUnknown: line.isCostUnknown,
  };
}

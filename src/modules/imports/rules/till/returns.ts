import { type Decimal, decimal } from "#platform/decimal.ts";
import { type StagedLine, ticketOfReturn, unpackLines } from "./staged.ts";
import { groupBy, type StagedRow } from "./tickets.ts";

/** A return line as another system wrote it down. */
export interface ReturnLine extends StagedLine {
  readonly ticket: string;
  readonly businessDate: string;
  readonly soldAt: string;
  /** What it says, numbered among identical ones: the same line, the same key. */
  readonly key: string;
}

/** The return lines of staged rows; `nameOf` is the printed name of an article. */
export function returnsOf(
  rows: readonly StagedRow[],
  nameOf: (article: number) => string,
): ReturnLine[] {
  const counts = new Map<string, number>();
  return rows.flatMap(({ sortKey, businessDate, soldAt, lines }) =>
    unpackLines(lines).map((line) => {
      const { article, quantity, unitPrice, total } = line;
      const said = `${sortKey} ${nameOf(article)} ${quantity} ${unitPrice} ${total}`;
      const count = (counts.get(said) ?? 0) + 1;
      counts.set(said, count);
      const ticket = ticketOfReturn(sortKey);
      return { ...line, ticket, businessDate, soldAt, key: `${said}#${count}` };
    }),
  );
}

/** What of an imported sale is not yet given back. */
export interface Returnable {
  readonly lineId: string;
  readonly saleId: string;
  readonly number: string;
  readonly soldAt: string;
  quantity: Decimal;
  total: Decimal;
}

interface Wanted {
  readonly itemId: string;
  readonly unitPrice: string;
  readonly quantity: string;
  readonly total: string;
  readonly ticket: string;
  readonly soldAt: string;
}

type Line = Omit<Returnable, "quantity" | "total"> &
  Pick<Wanted, "itemId" | "unitPrice" | "quantity" | "total">;

type GivenBack = Pick<Line, "lineId" | "quantity" | "total">;

/** Finds for each return the sale line it refers to, and takes it off what is left of that line. */
export function returnMatcher(lines: readonly Line[], givenBack: readonly GivenBack[]) {
  const gone = new Map(givenBack.map((each) => [each.lineId, each]));
  const keyOf = ({ itemId, unitPrice }: Pick<Wanted, "itemId" | "unitPrice">) =>
    `${itemId} ${decimal(unitPrice).toFixed(6)}`;
  const open = new Map<string, Returnable[]>();
  for (const [key, ofKey] of groupBy(lines, keyOf)) {
    const entries = ofKey.map(({ lineId, saleId, number, soldAt, quantity, total }) => {
      const before = gone.get(lineId) ?? { quantity: "0", total: "0" };
      const left = {
        quantity: decimal(quantity).minus(before.quantity),
        total: decimal(total).minus(before.total),
      };
      return { lineId, saleId, number, soldAt, ...left };
    });
    open.set(key, entries);
  }
  return (wanted: Wanted): Returnable | undefined => {
    const quantity = decimal(wanted.quantity);
    const total = decimal(wanted.total);
    const fits = (line: Returnable) =>
      line.soldAt <= wanted.soldAt && line.quantity.gte(quantity) && line.total.gte(total);
    const all = open.get(keyOf(wanted)) ?? [];
    // The same ticket first, else the latest sale before it.
    const found =
      all.findLast((line) => line.number === wanted.ticket && fits(line)) ?? all.findLast(fits);
    if (found === undefined) return undefined;
    found.quantity = found.quantity.minus(quantity);
    found.total = found.total.minus(total);
    return found;
  };
}

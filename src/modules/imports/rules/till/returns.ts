import { type Decimal, ZERO } from "#platform/decimal.ts";
import { type StagedLine, ticketOfReturn, unpackLines } from "./staged.ts";
import type { StagedRow } from "./tickets.ts";

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

interface Candidate {
  readonly lineId: string;
  readonly saleId: string;
  readonly quantity: string;
  readonly total: string;
}

/** Gives each return the first line that still has enough, and takes it off what is left of that. */
export class ReturnMatcher {
  readonly #taken = new Map<string, { quantity: Decimal; total: Decimal }>();

  take(
    wanted: Pick<Candidate, "quantity" | "total">,
    candidates: readonly Candidate[],
  ): Candidate | undefined {
    for (const candidate of candidates) {
      const taken = this.#taken.get(candidate.lineId) ?? { quantity: ZERO, total: ZERO };
      const quantity = taken.quantity.plus(wanted.quantity);
      const total = taken.total.plus(wanted.total);
      if (quantity.gt(candidate.quantity) || total.gt(candidate.total)) continue;
      this.#taken.set(candidate.lineId, { quantity, total });
      return candidate;
    }
    return undefined;
  }
}

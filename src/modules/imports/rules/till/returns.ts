import { type Decimal, decimal, trimZeros, ZERO } from "#platform/decimal.ts";
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
  readonly ticket: string;
  readonly soldAt: string;
  readonly businessDate: string;
  readonly itemId: string;
  readonly unitPrice: string;
  readonly quantity: string;
  readonly total: string;
}

/** Bread is brought back within weeks, not months. */
const daysMax = 31;
const dayMs = 86_400_000;

/** The first day whose sales a return of that day may refer to. */
export function firstDayFor(day: string): string {
  return new Date(Date.parse(day) - daysMax * dayMs).toISOString().slice(0, 10);
}

export function articleAndPrice(line: Pick<Candidate, "itemId" | "unitPrice">): string {
  return `${line.itemId} ${trimZeros(line.unitPrice)}`;
}

/** Finds for returns the lines they refer to, and takes them off what is left of those. */
export class ReturnMatcher {
  readonly #taken = new Map<string, { quantity: Decimal; total: Decimal }>();

  /** The line of the same ticket, else the latest one before; `lines` come latest first. */
  take(
    wanted: Omit<Candidate, "lineId" | "saleId">,
    lines: readonly Candidate[],
  ): Candidate | undefined {
    const first = firstDayFor(wanted.businessDate);
    const quantity = decimal(wanted.quantity);
    const total = decimal(wanted.total);
    let latest: Candidate | undefined;
    for (const line of lines) {
      if (line.soldAt > wanted.soldAt || line.businessDate < first) continue;
      const isSame = line.ticket === wanted.ticket;
      if ((latest !== undefined && !isSame) || !this.#hasLeft(line, quantity, total)) continue;
      latest = line;
      if (isSame) break;
    }
    if (latest !== undefined) this.#note(latest.lineId, quantity, total);
    return latest;
  }

  #hasLeft({ lineId, ...line }: Candidate, quantity: Decimal, total: Decimal): boolean {
    const taken = this.#taken.get(lineId) ?? nothing;
    return (
      taken.quantity.plus(quantity).lte(line.quantity) && taken.total.plus(total).lte(line.total)
    );
  }

  #note(lineId: string, quantity: Decimal, total: Decimal): void {
    const taken = this.#taken.get(lineId) ?? nothing;
    const sum = { quantity: taken.quantity.plus(quantity), total: taken.total.plus(total) };
    this.#taken.set(lineId, sum);
  }
}

const nothing = { quantity: ZERO, total: ZERO };

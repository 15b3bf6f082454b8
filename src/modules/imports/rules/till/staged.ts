import type { TillLine } from "./lines.ts";

export const SOLD = 0;
export const RETURNED = 1;

/** Neighbouring lines of one ticket and moment, on their way to the table of staged lines. */
export interface Fragment {
  readonly part: typeof SOLD | typeof RETURNED;
  readonly sortKey: string;
  readonly day: string;
  readonly clock: string | null;
  readonly lines: TillLine[];
}

/** Puts neighbouring lines together: most tickets become one row. */
export class Fragments {
  readonly list: Fragment[] = [];
  count = 0;

  add(line: TillLine): void {
    const { ticket, day, clock } = line;
    this.count += 1;
    const part = line.isReturn ? RETURNED : SOLD;
    const sortKey = line.isReturn ? `${day} ${clock ?? ""}|${ticket}` : ticket;
    const last = this.list.at(-1);
    const isSame = last?.sortKey === sortKey && last.part === part;
    if (isSame && last.day === day && last.clock === clock) last.lines.push(line);
    else this.list.push({ part, sortKey, day, clock, lines: [line] });
  }
}

/** The ticket of a staged return. */
export function ticketOfReturn(sortKey: string): string {
  return sortKey.slice(sortKey.indexOf("|") + 1);
}

/** A line as it is staged; its ticket and moment stand beside it. */
export interface StagedLine {
  readonly row: number;
  readonly article: number;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly total: string;
}

// Numbers only: no quoting.
export function packLines(lines: readonly StagedLine[]): string {
  return lines
    .map((each) => `${each.row} ${each.article} ${each.quantity} ${each.unitPrice} ${each.total}`)
    .join(" ");
}

export function unpackLines(text: string): StagedLine[] {
  const values = text.split(" ");
  const lines: StagedLine[] = [];
  for (let at = 0; at < values.length; at += 5) {
    const [row, article, quantity = "", unitPrice = "", total = ""] = values.slice(at, at + 5);
    lines.push({ row: Number(row), article: Number(article), quantity, unitPrice, total });
  }
  return lines;
}

/** What one day of a file adds up to, counted apart from the product. */
export interface CountedDay {
  lines: number;
  quantity: bigint;
  cents: bigint;
  returnLines: number;
  returnedQuantity: bigint;
  returnedCents: bigint;
}

/** Cells of one line of CSV. */
export function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

/** Adds a generated export up by day, in whole cents; its own parser, its own arithmetic. */
export function countTillFile(text: string): Map<string, CountedDay> {
  const days = new Map<string, CountedDay>();
  for (const line of text.replace("\u{FEFF}", "").split("\r\n").slice(1)) {
    if (line === "") continue;
    const [, date = "", , , , pieces = "", price = ""] = cellsOf(line);
    const day = date.includes("/") ? date.split("/").reverse().join("-") : date;
    const quantity = BigInt(pieces.replace(".0", ""));
    const cents = quantity * BigInt(price.replace(/[^\d]/g, ""));
    const sum = days.get(day) ?? {
      lines: 0,
      quantity: 0n,
      cents: 0n,
      returnLines: 0,
      returnedQuantity: 0n,
      returnedCents: 0n,
    };
    if (quantity < 0n) {
      sum.returnLines += 1;
      sum.returnedQuantity -= quantity;
      sum.returnedCents -= cents;
    } else {
      sum.lines += 1;
      sum.quantity += quantity;
      sum.cents += cents;
    }
    days.set(day, sum);
  }
  return days;
}

/** The report of a day in the same terms. */
export function dayAsCounted(day: {
  lines: number;
  quantity: string;
  total: string;
  returnLines: number;
  returnedQuantity: string;
  returnedTotal: string;
}): CountedDay {
  return {
    lines: day.lines,
    quantity: BigInt(day.quantity),
    cents: centsOf(day.total),
    returnLines: day.returnLines,
    returnedQuantity: BigInt(day.returnedQuantity),
    returnedCents: centsOf(day.returnedTotal),
  };
}

export function centsOf(amount: string): bigint {
  const [whole = "", fraction = ""] = amount.split(".");
  return BigInt(`${whole}${fraction.padEnd(2, "0").slice(0, 2)}`);
}

import { decimal } from "#platform/decimal.ts";
import { type Answered, isOpen, type Told } from "./journal.ts";
import { type Recorded, readRecorded } from "./recorded.ts";
import type { Sql } from "./sql.ts";

// Compares what tills wrote down with what the database holds. Each finding names its invariant.

/** What else is at the site by right. */
export interface Scope {
  readonly siteId: string;
  readonly opening: readonly string[];
}

/**
 * I1: each acknowledged sale, receipt, run and void exists once, with the acknowledged totals. I4,
 * its first half: an open one exists 0 or 1 times, a refused one 0 times; nothing else exists. I5:
 * payments are the sale's total (reports come with their own issue). Receipts have no gap.
 */
export async function checkJournals(
  sql: Sql,
  told: readonly Told[],
  scope: Scope,
): Promise<string[]> {
  const recorded = await readRecorded(sql, scope.siteId);
  return [
    ...told.flatMap((each) => each.flaws.map((flaw) => `${nameOf(each)}: ${flaw}`)),
    ...told.flatMap((each) => checkOne(each, recorded.byId.get(placeOf(each)))),
    ...strangers(recorded, told, scope),
    ...[...recorded.byId.values()].flatMap(checkSums),
    ...gaps(recorded),
  ];
}

const nameOf = (told: Told) => `${told.journal} ${told.name} ${told.id}`;
export const placeOf = ({ name, id }: Pick<Told, "name" | "id">) => `${name} ${id}`;

function checkOne(told: Told, found: Recorded | undefined): string[] {
  if (told.refused !== undefined) {
    return found === undefined
      ? []
      : [`I4 ${nameOf(told)}: refused (${told.refused}), yet it exists`];
  }
  if (isOpen(told)) return [];
  if (found === undefined) return [`I1 ${nameOf(told)}: acknowledged, yet it does not exist`];
  return differences(told.acknowledged?.body, found).map((text) => `I1 ${nameOf(told)}: ${text}`);
}

/** Where an acknowledged answer and the row differ. */
function differences(answer: Answered, found: Recorded): string[] {
  return Object.entries(found.totals).flatMap(([field, value]) => {
    const said = field.split(".").reduce((at: Answered, name) => at?.[name], answer);
    return isSame(said, value) ? [] : [`${field} was ${said}, is ${value}`];
  });
}

function isSame(said: unknown, value: string | number | null): boolean {
  if (said === null || value === null || said === undefined) return said === value;
  if (!numeric.test(String(value))) return String(said) === String(value);
  return numeric.test(String(said)) && decimal(String(said)).eq(decimal(String(value)));
}

const numeric = /^-?\d+(\.\d+)?$/;

function strangers(recorded: Books, told: readonly Told[], { opening }: Scope): string[] {
  const known = new Set([...told.map(placeOf), ...opening.map((id) => `receipt ${id}`)]);
  return [...recorded.byId.keys()]
    .filter((place) => !known.has(place))
    .map((place) => `I4 ${place}: exists, and no till meant it`);
}

type Books = Awaited<ReturnType<typeof readRecorded>>;

function checkSums({ place, sums }: Recorded): string[] {
  return sums.flatMap(({ what, expected, actual }) =>
    decimal(expected).eq(decimal(actual))
      ? []
      : [`${what} of ${place}: ${actual}, not ${expected}`],
  );
}

function gaps({ byId }: Books): string[] {
  const numbers = new Map<string, number[]>();
  for (const { till, receiptNumber } of byId.values()) {
    if (till === undefined || receiptNumber === undefined) continue;
    numbers.set(till, [...(numbers.get(till) ?? []), receiptNumber]);
  }
  return [...numbers].flatMap(([till, found]) => {
    const isGapless = found.toSorted((a, b) => a - b).every((each, index) => each === index + 1);
    return isGapless ? [] : [`I1 till ${till}: its receipt numbers have a gap`];
  });
}

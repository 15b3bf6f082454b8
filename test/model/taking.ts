import {
  type Books,
  drawOrder,
  type Issue,
  type IssueKind,
  isHeld,
  type Layer,
  layerAt,
  leastSince,
  move,
  type Place,
  type Take,
} from "./ledger.ts";
import { divideRounded, type Micro, smaller } from "./micro.ts";

export interface Want extends Place {
  readonly kind: IssueKind;
  readonly quantity: Micro;
  readonly document: string;
  readonly line: number;
  /** Only from this lot. */
  readonly lot?: string | undefined;
  readonly settles?: number | undefined;
}

export interface Picking {
  readonly at: number;
  readonly on: string;
  readonly eligibility: "eligible" | "any" | "loss";
  readonly order: (item: string) => "fifo" | "fefo";
}

/** Deliberate mistakes, to prove that the comparison notices them. */
export interface Mistakes {
  readonly takesNewestFirst?: boolean;
  readonly roundsDown?: boolean;
  readonly sellsExpired?: boolean;
  readonly settlesNewestFirst?: boolean;
  readonly takesTheFuture?: boolean;
  readonly transfersAreNew?: boolean;
  readonly returnsFirstTaken?: boolean;
  readonly refundsByUnitCost?: boolean;
  readonly wastesNothingRefunded?: boolean;
  readonly sellsHeld?: boolean;
  readonly holdsOnlyTheLot?: boolean;
  readonly forgetsRuns?: boolean;
  readonly chargesTheShelf?: boolean;
  readonly booksIntoClosed?: boolean;
}

/** What an issue of `part` takes of a layer's value: all of it takes all, else its share, rounded. */
export function shareOf(value: Micro, part: Micro, whole: Micro, mistakes: Mistakes = {}): Micro {
  if (part === whole) return value;
  return mistakes.roundsDown ? (value * part) / whole : divideRounded(value * part, whole);
}

/** What is taken first comes first. */
function pick(books: Books, want: Want, picking: Picking, mistakes: Mistakes): number[] {
  const { at, on, eligibility } = picking;
  const isExpired = (layer: Layer) => layer.expiresOn !== null && layer.expiresOn < on;
  const mayExpired = eligibility !== "eligible" || mistakes.sellsExpired === true;
  const mayHeld = eligibility !== "eligible" || mistakes.sellsHeld === true;
  const candidates = books.layers
    .map((layer, index) => ({ layer, index }))
    .filter(({ layer }) => layer.site === want.site && layer.item === want.item)
    .filter(({ layer }) => layer.quantity > 0n)
    .filter(({ layer }) => want.lot === undefined || layer.lot === want.lot)
    .filter(({ layer }) => layer.effectiveAt <= at && (layer.arrivedAt ?? at) <= at)
    .filter(({ layer }) => mayExpired || !isExpired(layer))
    .filter(({ layer }) => mayHeld || !isHeld(books, layer));
  const rank = (layer: Layer) => {
    if (eligibility !== "loss") return 0;
    if (isHeld(books, layer)) return 2;
    return isExpired(layer) ? 1 : 0;
  };
  candidates.sort((a, b) => {
    if (rank(a.layer) !== rank(b.layer)) return rank(a.layer) - rank(b.layer);
    if (picking.order(want.item) === "fefo") {
      // Those without a date come last.
      const [first, second] = [
        a.layer.expiresOn ?? "9999-99-99",
        b.layer.expiresOn ?? "9999-99-99",
      ];
      if (first !== second) return first < second ? -1 : 1;
    }
    return a.layer.effectiveAt - b.layer.effectiveAt || a.index - b.index;
  });
  if (mistakes.takesNewestFirst) candidates.reverse();
  return candidates.map(({ index }) => index);
}

/**
 * Takes the lines of one command from the layers, in order, and never more than was on hand at
 * every time since. Lines of the same item are one taking (domain rules 3: sum first): where several
 * share a layer, the value taken so far is rounded once for all of them, and each line has what it
 * added.
 */
export function take(books: Books, wants: readonly Want[], picking: Picking, mistakes: Mistakes) {
  const before = books.layers.map((layer) => ({ quantity: layer.quantity, value: layer.value }));
  const { at } = picking;
  return wants.map((want) => {
    const there = leastSince(books, want, at);
    const possible = mistakes.takesTheFuture || there > want.quantity ? want.quantity : there;
    let rest = possible > 0n ? possible : 0n;
    const takes: Take[] = [];
    for (const index of pick(books, want, picking, mistakes)) {
      const start = before[index];
      if (start === undefined || rest === 0n) break;
      const layer = layerAt(books, index);
      const quantity = smaller(rest, layer.quantity);
      const takenAfter = start.quantity - layer.quantity + quantity;
      const valueAfter = shareOf(start.value, takenAfter, start.quantity, mistakes);
      const value = valueAfter - (start.value - layer.value);
      move(books, index, { at, quantity: -quantity, value: -value });
      rest -= quantity;
      takes.push({ layer: index, quantity, value });
    }
    if (takes.length > 0) books.issues.push(issueOf(books, want, takes));
    const taken = takes.reduce((sum, each) => sum + each.quantity, 0n);
    const value = takes.reduce((sum, each) => sum + each.value, 0n);
    return { takes, missing: want.quantity - taken, value };
  });
}

function issueOf(books: Books, want: Want, takes: readonly Take[]): Issue {
  const { quantity: _, lot: __, ...rest } = want;
  return { ...rest, order: drawOrder(books), takes, isReversed: false };
}

/** What an issue could take of an item. */
export function usable(books: Books, place: Place, picking: Picking): Micro {
  const want = { ...place, kind: "run", quantity: 0n, document: "", line: 0 } as const;
  const layers = pick(books, want, picking, {}).map((index) => layerAt(books, index).quantity);
  const sum = layers.reduce((all, quantity) => all + quantity, 0n);
  return smaller(sum, leastSince(books, place, picking.at));
}

/** Settles open shortfalls of these items, oldest first, from what may be sold. */
export function settle(
  books: Books,
  { site, items }: { readonly site: number; readonly items: readonly string[] },
  picking: Picking,
  mistakes: Mistakes,
): void {
  const open = books.shortfalls
    .map((shortfall, index) => ({ shortfall, index }))
    .filter(({ shortfall }) => shortfall.open > 0n && shortfall.site === site)
    .filter(({ shortfall }) => items.includes(shortfall.item));
  if (mistakes.settlesNewestFirst) open.reverse();
  const wants = open.map(({ shortfall, index }) => ({
    kind: "sale" as const,
    site,
    item: shortfall.item,
    quantity: shortfall.open,
    document: shortfall.document,
    line: shortfall.line,
    settles: index,
  }));
  take(books, wants, picking, mistakes).forEach((taken, index) => {
    const shortfall = open[index]?.shortfall;
    if (shortfall === undefined || shortfall.open === taken.missing) return;
    shortfall.changes.push({ at: picking.at, quantity: taken.missing - shortfall.open });
    shortfall.open = taken.missing;
  });
}

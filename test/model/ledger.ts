import { divideRounded, type Micro } from "./micro.ts";

/** A refusal the oracle expects, by the HTTP status and code of its problem. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export interface Layer {
  readonly item: string;
  /** What brought it: the number of a document and of its line. */
  readonly origin: string;
  readonly quantityIn: Micro;
  readonly valueIn: Micro;
  quantity: Micro;
  value: Micro;
  readonly effectiveAt: number;
  readonly expiresOn: string | null;
}

export interface Take {
  /** Index of the layer. */
  readonly layer: number;
  readonly quantity: Micro;
  readonly value: Micro;
}

export interface Issue {
  readonly item: string;
  readonly document: string;
  readonly line: number;
  readonly takes: readonly Take[];
  isReversed: boolean;
  /** Reversed because the run that settled with it was. */
  isReopened?: boolean;
  /** The shortfall it settled, if it did. */
  readonly settles?: number | undefined;
}

export interface Shortfall {
  readonly item: string;
  readonly document: string;
  readonly line: number;
  open: Micro;
  /** When how much came (positive) or was settled, reopened or cancelled: what was open at a time. */
  readonly changes: { readonly at: number; readonly quantity: Micro }[];
}

/** What came into (positive) or left a layer, and when: the balance at a time is their sum. */
export interface Entry {
  readonly layer: number;
  readonly at: number;
  readonly quantity: Micro;
}

/** What a site's books hold. Plain data, so that a refused command can be forgotten by a copy. */
export interface Books {
  readonly layers: Layer[];
  readonly entries: Entry[];
  readonly issues: Issue[];
  readonly shortfalls: Shortfall[];
}

export interface Want {
  readonly item: string;
  readonly quantity: Micro;
  readonly document: string;
  readonly line: number;
  /** Only from the layer that this line of a document brought. */
  readonly origin?: string | undefined;
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
}

/** What an issue of `part` takes of a layer's value: all of it takes all, else its share, rounded. */
function shareOf(value: Micro, part: Micro, whole: Micro, mistakes: Mistakes): Micro {
  if (part === whole) return value;
  return mistakes.roundsDown ? (value * part) / whole : divideRounded(value * part, whole);
}

function pick(books: Books, want: Want, picking: Picking, mistakes: Mistakes): number[] {
  const { at, on, eligibility } = picking;
  const isExpired = (layer: Layer) => layer.expiresOn !== null && layer.expiresOn < on;
  const mayExpired = eligibility !== "eligible" || mistakes.sellsExpired === true;
  const candidates = books.layers
    .map((layer, index) => ({ layer, index }))
    .filter(({ layer }) => layer.item === want.item && layer.quantity > 0n)
    .filter(({ layer }) => want.origin === undefined || layer.origin === want.origin)
    .filter(({ layer }) => layer.effectiveAt <= at && (mayExpired || !isExpired(layer)));
  candidates.sort((a, b) => {
    if (eligibility === "loss" && isExpired(a.layer) !== isExpired(b.layer)) {
      return isExpired(a.layer) ? 1 : -1;
    }
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
 * Takes the lines of one command from the layers, in order. Lines of the same item are one taking
 * (domain rules 3: sum first): where several share a layer, the value taken so far is rounded once
 * for all of them, and each line has what it added.
 */
export function take(books: Books, wants: readonly Want[], picking: Picking, mistakes: Mistakes) {
  const before = books.layers.map((layer) => ({ quantity: layer.quantity, value: layer.value }));
  return wants.map((want) => {
    let missing = want.quantity;
    const takes: Take[] = [];
    for (const index of pick(books, want, picking, mistakes)) {
      const layer = books.layers[index];
      const start = before[index];
      if (layer === undefined || start === undefined || missing === 0n) break;
      // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint
      const quantity = missing < layer.quantity ? missing : layer.quantity;
      const takenAfter = start.quantity - layer.quantity + quantity;
      const valueAfter = shareOf(start.value, takenAfter, start.quantity, mistakes);
      const value = valueAfter - (start.value - layer.value);
      layer.quantity -= quantity;
      layer.value -= value;
      missing -= quantity;
      takes.push({ layer: index, quantity, value });
      books.entries.push({ layer: index, at: picking.at, quantity: -quantity });
    }
    if (takes.length > 0) books.issues.push({ ...want, takes, isReversed: false });
    return { takes, missing, value: takes.reduce((sum, each) => sum + each.value, 0n) };
  });
}

/** What an issue could take of an item. */
export function usable(books: Books, item: string, picking: Picking): Micro {
  const want = { item, quantity: 0n, document: "", line: 0 };
  const layers = pick(books, want, picking, {}).map((index) => books.layers[index]?.quantity ?? 0n);
  return layers.reduce((sum, quantity) => sum + quantity, 0n);
}

/** A new lot on the books. */
export function bring(books: Books, layer: Omit<Layer, "quantity" | "value">): void {
  const { quantityIn, valueIn, effectiveAt } = layer;
  books.entries.push({ layer: books.layers.length, at: effectiveAt, quantity: quantityIn });
  books.layers.push({ ...layer, quantity: quantityIn, value: valueIn });
}

/** Puts what an issue took back into its own layers. */
export function putBack(books: Books, issue: Issue, at: number): void {
  issue.isReversed = true;
  for (const each of issue.takes) {
    const layer = books.layers[each.layer];
    if (layer === undefined) throw new Error("an issue took from a layer that never was");
    layer.quantity += each.quantity;
    layer.value += each.value;
    books.entries.push({ layer: each.layer, at, quantity: each.quantity });
  }
}

/** Settles open shortfalls of these items, oldest first, from what may be sold. */
export function settle(
  books: Books,
  items: readonly string[],
  picking: Picking,
  mistakes: Mistakes,
): void {
  const open = books.shortfalls
    .map((shortfall, index) => ({ shortfall, index }))
    .filter(({ shortfall }) => shortfall.open > 0n && items.includes(shortfall.item));
  if (mistakes.settlesNewestFirst) open.reverse();
  const wants = open.map(({ shortfall, index }) => ({
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

/** What the books said at a time, as known now: of an item, or of what one line of a document brought. */
export function heldAt(books: Books, item: string, at: number, origin?: string): Micro {
  return books.entries
    .filter((entry) => entry.at <= at)
    .filter(({ layer }) => books.layers[layer]?.item === item)
    .filter(({ layer }) => origin === undefined || books.layers[layer]?.origin === origin)
    .reduce((sum, entry) => sum + entry.quantity, 0n);
}

/** What was owed of an item at a time, as known now. */
export function owedAt(books: Books, item: string, at: number): Micro {
  return (
    books.shortfalls
      .filter((shortfall) => shortfall.item === item)
      // A till's clock may be ahead: what is not sold yet is not owed, even if it is settled or void.
      .filter(({ changes }) => (changes[0]?.at ?? 0) <= at)
      .flatMap((shortfall) => shortfall.changes)
      .filter((change) => change.at <= at)
      .reduce((sum, change) => sum + change.quantity, 0n)
  );
}

export function onHand(books: Books, item: string): { quantity: Micro; value: Micro } {
  const layers = books.layers.filter((layer) => layer.item === item);
  return {
    quantity: layers.reduce((sum, layer) => sum + layer.quantity, 0n),
    value: layers.reduce((sum, layer) => sum + layer.value, 0n),
  };
}

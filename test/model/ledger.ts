import { type Micro, smaller } from "./micro.ts";

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
  /** Number of the site. */
  readonly site: number;
  readonly item: string;
  /** What brought its lot first: a document and its line. A lot may have several layers. */
  readonly lot: string;
  /** What brought this very layer. */
  readonly broughtBy: string;
  readonly quantityIn: Micro;
  readonly valueIn: Micro;
  quantity: Micro;
  value: Micro;
  /** Its age, which a transfer takes along. */
  readonly effectiveAt: number;
  readonly arrivedAt: number | null;
  readonly expiresOn: string | null;
}

export interface Take {
  /** Index of the layer. */
  readonly layer: number;
  readonly quantity: Micro;
  readonly value: Micro;
}

export type IssueKind = "sale" | "run" | "waste" | "count" | "transfer" | "return";

export interface Issue {
  readonly kind: IssueKind;
  readonly site: number;
  readonly item: string;
  readonly document: string;
  readonly line: number;
  /** Of recording, among issues and returns. */
  readonly order: number;
  readonly takes: readonly Take[];
  isReversed: boolean;
  /** Reversed because what had settled with it was. */
  isReopened?: boolean;
  /** The shortfall it settled, if it did. */
  readonly settles?: number | undefined;
}

export interface Shortfall {
  readonly site: number;
  readonly item: string;
  readonly document: string;
  readonly line: number;
  readonly quantity: Micro;
  open: Micro;
  cancelled: Micro;
  /** When how much came (positive) or was settled, reopened or cancelled: what was open at a time. */
  readonly changes: { readonly at: number; readonly quantity: Micro }[];
}

/** What came into (positive) or left a layer, and when: the balance at a time is their sum. */
export interface Entry {
  readonly layer: number;
  readonly at: number;
  readonly quantity: Micro;
}

/** A lot that was stopped, and with it all that held some of it. */
export interface Hold {
  readonly lot: string;
  readonly lots: readonly string[];
  isReleased: boolean;
}

/** What the books hold. Plain data, so that a refused command can be forgotten by a copy. */
export interface Books {
  readonly layers: Layer[];
  readonly entries: Entry[];
  readonly issues: Issue[];
  readonly shortfalls: Shortfall[];
  readonly holds: Hold[];
  readonly recording: { next: number };
}

/** The order of recording of issues and returns. */
export function drawOrder({ recording }: Books): number {
  recording.next += 1;
  return recording.next;
}

/** A new layer on the books. */
export function bring(
  books: Books,
  layer: Omit<Layer, "quantity" | "value" | "arrivedAt"> & { readonly arrivedAt?: number },
): number {
  const { quantityIn, valueIn, effectiveAt, arrivedAt = null } = layer;
  const index = books.layers.length;
  books.entries.push({ layer: index, at: arrivedAt ?? effectiveAt, quantity: quantityIn });
  books.layers.push({ ...layer, arrivedAt, quantity: quantityIn, value: valueIn });
  return index;
}

/** The layer of that number. */
export function layerAt(books: Books, index: number): Layer {
  const layer = books.layers[index];
  if (layer === undefined) throw new Error(`there never was a layer ${index}`);
  return layer;
}

/** Puts some of it into a layer, or takes it out. */
export function move(
  books: Books,
  index: number,
  by: { readonly at: number; readonly quantity: Micro; readonly value: Micro },
): void {
  const layer = layerAt(books, index);
  layer.quantity += by.quantity;
  layer.value += by.value;
  books.entries.push({ layer: index, at: by.at, quantity: by.quantity });
}

/** Puts what an issue took back into its own layers. */
export function putBack(books: Books, issue: Issue, at: number): void {
  issue.isReversed = true;
  for (const { layer, quantity, value } of issue.takes) move(books, layer, { at, quantity, value });
}

export interface Place {
  readonly site: number;
  readonly item: string;
}

const isThere =
  ({ site, item }: Place) =>
  (each: Place) => {
    return each.site === site && each.item === item;
  };

/** What the books said at a time, as known now: of an item at a site, or of one lot of it there. */
export function heldAt(books: Books, place: Place, at: number, lot?: string): Micro {
  return books.entries
    .filter((entry) => entry.at <= at)
    .map((entry) => ({ entry, layer: layerAt(books, entry.layer) }))
    .filter(({ layer }) => isThere(place)(layer) && (lot === undefined || layer.lot === lot))
    .reduce((sum, { entry }) => sum + entry.quantity, 0n);
}

/** The least that was on hand at any time since. */
export function leastSince(books: Books, place: Place, at: number): Micro {
  const later = books.entries.filter((entry) => entry.at > at).map((entry) => entry.at);
  const held = [at, ...new Set(later)].map((time) => heldAt(books, place, time));
  return held.reduce(smaller);
}

/** What was owed of an item at a time, as known now. */
export function owedAt(books: Books, place: Place, at: number): Micro {
  return (
    books.shortfalls
      .filter(isThere(place))
      // A till's clock may be ahead: what is not sold yet is not owed, even if it is settled or void.
      .filter(({ changes }) => (changes[0]?.at ?? 0) <= at)
      .flatMap((shortfall) => shortfall.changes)
      .filter((change) => change.at <= at)
      .reduce((sum, change) => sum + change.quantity, 0n)
  );
}

export function onHand(books: Books, place: Place): { quantity: Micro; value: Micro } {
  const layers = books.layers.filter(isThere(place));
  return {
    quantity: layers.reduce((sum, layer) => sum + layer.quantity, 0n),
    value: layers.reduce((sum, layer) => sum + layer.value, 0n),
  };
}

export function isHeld(books: Books, { lot }: Layer): boolean {
  return books.holds.some((hold) => !hold.isReleased && hold.lots.includes(lot));
}

export function quantityOf(parts: readonly { readonly quantity: Micro }[]): Micro {
  return parts.reduce((sum, { quantity }) => sum + quantity, 0n);
}

export function worthOf(parts: readonly { readonly value: Micro }[]): Micro {
  return parts.reduce((sum, { value }) => sum + value, 0n);
}

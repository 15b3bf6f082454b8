import type { BrokenRow } from "../model/verification.ts";

/** A layer's row; quantities and values in millionths, times in microseconds. */
export interface ReplayLayer {
  readonly id: string;
  readonly lotId: string;
  readonly quantityIn: bigint;
  readonly valueIn: bigint;
  readonly quantity: bigint;
  readonly value: bigint;
  readonly effectiveAt: number;
  readonly seq: number;
  readonly expiresOn: string | null;
  readonly isHeld: boolean;
}

/** A layer as the replay has it so far. */
export interface LayerState extends ReplayLayer {
  left: bigint;
  worth: bigint;
  isIn: boolean;
}

export interface OrderedLayers {
  readonly byId: ReadonlyMap<string, LayerState>;
  /** Those with something left, oldest first. */
  readonly open: readonly LayerState[];
  /** The same, first to expire first. */
  openByExpiry(): readonly LayerState[];
  change(layer: LayerState, by: { readonly quantity: bigint; readonly value: bigint }): void;
}

export function layersInOrder(rows: readonly ReplayLayer[]): OrderedLayers {
  const byId = new Map<string, LayerState>();
  for (const row of rows) byId.set(row.id, { ...row, left: 0n, worth: 0n, isIn: false });
  const open: LayerState[] = [];
  let byExpiry: LayerState[] | undefined;

  function add(layer: LayerState): void {
    let at = open.length;
    while (at > 0 && compareAge(open[at - 1] ?? layer, layer) > 0) at--;
    open.splice(at, 0, layer);
    byExpiry = undefined;
  }

  function remove(layer: LayerState): void {
    open.splice(open.indexOf(layer), 1);
    byExpiry = undefined;
  }

  return {
    byId,
    open,
    openByExpiry() {
      byExpiry ??= [...open].sort((a, b) => compareExpiry(a, b) || compareAge(a, b));
      return byExpiry;
    },
    change(layer, { quantity, value }) {
      const wasOpen = layer.left > 0n;
      layer.left += quantity;
      layer.worth += value;
      if (wasOpen && layer.left <= 0n) remove(layer);
      if (!wasOpen && layer.left > 0n) add(layer);
    },
  };
}

function compareAge(a: ReplayLayer, b: ReplayLayer): number {
  return a.effectiveAt - b.effectiveAt || a.seq - b.seq || (a.id < b.id ? -1 : 1);
}

function compareExpiry(a: ReplayLayer, b: ReplayLayer): number {
  const [left, right] = [a.expiresOn ?? "~", b.expiresOn ?? "~"];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

interface Issue {
  readonly type: string;
  readonly pick: string | null;
  readonly lotId: string | null;
  readonly effectiveAt: number;
  readonly effectiveOn: string;
}

/**
 * The layers an issue may take, in its order. A layer that is held now may not have been then, nor
 * the other way round: whether it was taken tells.
 */
export function takeable(
  layers: OrderedLayers,
  issue: Issue,
  taken: ReadonlyMap<string, bigint>,
): readonly LayerState[] {
  const ordered = issue.pick === "fefo" ? layers.openByExpiry() : layers.open;
  const isExpired = ({ expiresOn }: LayerState) =>
    expiresOn !== null && expiresOn < issue.effectiveOn;
  const candidates = ordered.filter(
    (layer) =>
      layer.effectiveAt <= issue.effectiveAt &&
      (issue.lotId === null || layer.lotId === issue.lotId),
  );
  if (issue.type === "waste") return candidates;
  if (issue.type !== "count") {
    return candidates.filter(
      (layer) => !isExpired(layer) && (!layer.isHeld || taken.has(layer.id)),
    );
  }
  const rankOf = (layer: LayerState) => (layer.isHeld ? 2 : isExpired(layer) ? 1 : 0);
  return candidates.sort((a, b) => rankOf(a) - rankOf(b));
}

const million = 1_000_000n;

/** A broken row; numbers are millionths. */
export function difference(
  table: string,
  id: string,
  problem: string,
  expected?: bigint,
  actual?: bigint,
): BrokenRow {
  return { table, id, problem, expected: fromMicro(expected), actual: fromMicro(actual) };
}

/** "-12.500000", as NUMERIC(…, 6) prints it, in millionths. */
export function toMicro(text: string): bigint {
  const point = text.length - 7;
  return BigInt(text.slice(0, point) + text.slice(point + 1));
}

function fromMicro(value: bigint | undefined): string | null {
  if (value === undefined) return null;
  const size = value < 0n ? -value : value;
  const fraction = String(size % million)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const text = `${size / million}${fraction === "" ? "" : `.${fraction}`}`;
  return value < 0n ? `-${text}` : text;
}

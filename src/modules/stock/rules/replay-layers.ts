/** A layer's row; quantities and values in millionths, times in microseconds. */
export interface ReplayLayer {
  readonly id: string;
  readonly lotId: string;
  readonly quantityIn: bigint;
  readonly valueIn: bigint;
  readonly quantity: bigint;
  readonly value: bigint;
  readonly effectiveAt: number;
  readonly arrivedAt: number | null;
  readonly seq: number;
  readonly expiresOn: string | null;
  readonly isHeld: boolean;
}

/** A layer as the replay has it so far. */
export interface LayerState extends ReplayLayer {
  left: bigint;
  worth: bigint;
  isIn: boolean;
  /** Whether it is held at this point of the replay. */
  isStopped: boolean;
  /** The line of the receipt that brought it, if one did. */
  receiptLineId: string | null;
}

export interface OrderedLayers {
  readonly byId: ReadonlyMap<string, LayerState>;
  /** Those with something left, oldest first. */
  readonly open: readonly LayerState[];
  /** The same, first to expire first. */
  openByExpiry(): readonly LayerState[];
  change(layer: LayerState, by: { readonly quantity: bigint; readonly value: bigint }): void;
}

const unseen = { left: 0n, worth: 0n, isIn: false, isStopped: false, receiptLineId: null };

export function layersInOrder(rows: readonly ReplayLayer[]): OrderedLayers {
  const byId = new Map<string, LayerState>();
  for (const row of rows) byId.set(row.id, { ...row, ...unseen });
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

import type { BrokenRow } from "../model/verification.ts";
import {
  difference,
  type LayerState,
  layersInOrder,
  type OrderedLayers,
  type ReplayLayer,
  takeable,
} from "./replay-layers.ts";

/** A row of the ledger; quantities and values in millionths, times in microseconds. */
export interface ReplayMovement {
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  readonly quantity: bigint;
  readonly value: bigint;
  readonly effectiveAt: number;
  readonly effectiveOn: string;
  readonly sourceId: string;
  readonly pick: string | null;
  readonly lotId: string | null;
  readonly reverses: string | null;
  readonly allocations: readonly ReplayAllocation[];
}

export interface ReplayAllocation {
  readonly layerId: string;
  readonly quantity: bigint;
  readonly value: bigint;
}

interface ReplayBalance {
  readonly id: string;
  readonly quantity: bigint;
  readonly value: bigint;
}

/** The states that some layers had when a statement began: where its rounding starts from. */
type Start = Map<string, { readonly quantity: bigint; readonly value: bigint }>;

/** The books of one item at one site, built again from its movements in the order of recording. */
export class Replay {
  readonly #layers: OrderedLayers;
  #quantity = 0n;
  #value = 0n;
  #command = "";
  #starts: Start[] = [];

  constructor(rows: readonly ReplayLayer[]) {
    this.#layers = layersInOrder(rows);
  }

  /** What is wrong with this movement, if something is; to be called in the order of `seq`. */
  apply(movement: ReplayMovement): BrokenRow | undefined {
    const broken = checkSums(movement) ?? this.#checkLayers(movement);
    if (broken !== undefined) return broken;
    this.#quantity += movement.quantity;
    this.#value += movement.value;
    if (movement.reverses === null && movement.quantity < 0n) return this.#issue(movement);
    this.#command = "";
    if (movement.reverses === null) return this.#receive(movement);
    return this.#change(movement);
  }

  #checkLayers({ id, allocations }: ReplayMovement): BrokenRow | undefined {
    const foreign = allocations.find((each) => !this.#layers.byId.has(each.layerId));
    if (foreign === undefined) return undefined;
    const problem = "names a layer that is not of the movement's item and site";
    return difference("stock.allocations", `${id}/${foreign.layerId}`, problem);
  }

  #receive(movement: ReplayMovement): BrokenRow | undefined {
    const [only, second] = movement.allocations;
    const layer = this.#layers.byId.get(only?.layerId ?? "");
    const isWhole =
      layer !== undefined &&
      second === undefined &&
      !layer.isIn &&
      layer.seq === movement.seq &&
      layer.effectiveAt === movement.effectiveAt &&
      layer.quantityIn === movement.quantity &&
      layer.valueIn === movement.value;
    if (isWhole) {
      layer.isIn = true;
      return this.#change(movement);
    }
    const problem = "does not bring in one new layer of its own quantity, value and time";
    return difference("stock.movements", movement.id, problem);
  }

  #issue(movement: ReplayMovement): BrokenRow | undefined {
    const key = commandOf(movement);
    if (key !== this.#command) this.#starts = [];
    this.#command = key;
    return this.#checkOrder(movement) ?? this.#checkWorth(movement) ?? this.#change(movement);
  }

  /** Each issue takes the first eligible layers in the rule's order until it is met. */
  #checkOrder(movement: ReplayMovement): BrokenRow | undefined {
    const taken = new Map(movement.allocations.map((each) => [each.layerId, -each.quantity]));
    let wanted = -movement.quantity;
    for (const layer of takeable(this.#layers, movement, taken)) {
      if (wanted === 0n) break;
      const expected = smallerOf(layer.left, wanted);
      const actual = taken.get(layer.id) ?? 0n;
      if (actual !== expected) {
        const problem = "did not take the first eligible layers in order";
        const id = `${movement.id}/${layer.id}`;
        return difference("stock.allocations", id, problem, expected, actual);
      }
      taken.delete(layer.id);
      wanted -= expected;
    }
    const [extra] = taken;
    if (extra === undefined && wanted === 0n) return undefined;
    const problem = "took from a layer that was not eligible";
    return difference(
      "stock.allocations",
      `${movement.id}/${extra?.[0] ?? ""}`,
      problem,
      0n,
      extra?.[1],
    );
  }

  /**
   * The first x of a layer with quantity Q and value V are worth round(V × x ÷ Q). Lines of one
   * statement share a layer's Q and V as they were when it began; where one statement of a command
   * ended and its next began is not recorded, so any place that makes every row exact will do.
   */
  #checkWorth(movement: ReplayMovement): BrokenRow | undefined {
    let first: BrokenRow | undefined;
    const exact: Start[] = [];
    for (const start of [...this.#starts, new Map()]) {
      const broken = this.#worthSince(start, movement);
      if (broken === undefined) exact.push(start);
      first ??= broken;
    }
    // One that began with this line is like one whose layers this line was the first to touch.
    this.#starts = exact;
    return exact.length === 0 ? first : undefined;
  }

  #worthSince(start: Start, { id, allocations }: ReplayMovement): BrokenRow | undefined {
    for (const { layerId, ...allocation } of allocations) {
      const layer = this.#layers.byId.get(layerId);
      if (layer === undefined) continue;
      const base = start.get(layerId) ?? { quantity: layer.left, value: layer.worth };
      start.set(layerId, base);
      const since = base.quantity - layer.left;
      const expected = worthOf(base, since - allocation.quantity) - worthOf(base, since);
      if (expected === -allocation.value) continue;
      const problem = "does not have the value that the take rule gives it";
      return difference(
        "stock.allocations",
        `${id}/${layerId}`,
        problem,
        -expected,
        allocation.value,
      );
    }
    return undefined;
  }

  /** What an allocation does to its layer. */
  #change(movement: ReplayMovement): BrokenRow | undefined {
    for (const allocation of movement.allocations) {
      const layer = this.#layers.byId.get(allocation.layerId);
      if (layer === undefined) continue;
      this.#layers.change(layer, allocation);
      if (isPossible(layer)) continue;
      const problem = "leaves its layer with less than nothing or more than came in";
      return difference(
        "stock.allocations",
        `${movement.id}/${layer.id}`,
        problem,
        undefined,
        layer.left,
      );
    }
    return undefined;
  }

  /** What is wrong with the layers and the sums, when all movements have been applied. */
  finish(balance: ReplayBalance): BrokenRow | undefined {
    for (const layer of this.#layers.byId.values()) {
      const broken = checkLayer(layer);
      if (broken !== undefined) return broken;
    }
    const table = "stock.balances";
    if (balance.quantity !== this.#quantity) {
      const problem = "quantity is not the sum of its movements and layers";
      return difference(table, balance.id, problem, this.#quantity, balance.quantity);
    }
    if (balance.value === this.#value) return undefined;
    const problem = "value is not the sum of its movements and layers";
    return difference(table, balance.id, problem, this.#value, balance.value);
  }
}

/** Lines of one statement have all of this in common; a settlement's lines are of several sales. */
function commandOf({ type, effectiveAt, sourceId }: ReplayMovement): string {
  return `${type} ${effectiveAt} ${type === "settlement" ? "" : sourceId}`;
}

function worthOf(
  { quantity, value }: { readonly quantity: bigint; readonly value: bigint },
  taken: bigint,
): bigint {
  return taken === quantity ? value : (2n * value * taken + quantity) / (2n * quantity);
}

/** Of bigints, which Math.min does not take. */
function smallerOf(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function isPossible({ left, worth, quantityIn }: LayerState): boolean {
  return left >= 0n && left <= quantityIn && worth >= 0n && (left > 0n || worth === 0n);
}

function checkSums({ id, quantity, value, allocations }: ReplayMovement): BrokenRow | undefined {
  let sumOfQuantities = 0n;
  let sumOfValues = 0n;
  for (const allocation of allocations) {
    sumOfQuantities += allocation.quantity;
    sumOfValues += allocation.value;
  }
  const table = "stock.movements";
  if (sumOfQuantities !== quantity) {
    const problem = "quantity is not the sum of its allocations";
    return difference(table, id, problem, sumOfQuantities, quantity);
  }
  if (sumOfValues === value) return undefined;
  return difference(table, id, "value is not the sum of its allocations", sumOfValues, value);
}

function checkLayer(layer: LayerState): BrokenRow | undefined {
  const table = "stock.layers";
  if (!layer.isIn) return difference(table, layer.id, "no movement brought it in");
  if (layer.left !== layer.quantity) {
    const problem = "quantity is not the sum of its allocations";
    return difference(table, layer.id, problem, layer.left, layer.quantity);
  }
  if (layer.worth === layer.value) return undefined;
  const problem = "value is not the sum of its allocations";
  return difference(table, layer.id, problem, layer.worth, layer.value);
}

import type { BrokenRow } from "../model/verification.ts";
import {
  type LayerState,
  layersInOrder,
  type OrderedLayers,
  type ReplayLayer,
} from "./replay-layers.ts";
import { difference } from "./replay-micro.ts";
import { checkOrder } from "./replay-order.ts";
import { Refunds, type ReplayCost } from "./replay-refunds.ts";
import { Worth } from "./replay-worth.ts";

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
  readonly sourceLineId: string | null;
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

/** A hold that began or ended. */
export interface ReplayFlip {
  readonly seq: number;
  readonly layerId: string;
  readonly isHeld: boolean;
}

/** What the books of one item at one site consist of, beside the movements. */
export interface ReplayRows {
  readonly layers: readonly ReplayLayer[];
  /** In the order of recording. */
  readonly flips: readonly ReplayFlip[];
  /** Lines of sales that were refunded, and late prices they bore, in the order of recording. */
  readonly refundedLineIds: readonly string[];
  readonly costs: readonly ReplayCost[];
}

interface ReplayBalance {
  readonly id: string;
  readonly quantity: bigint;
  readonly value: bigint;
}

/** The books of one item at one site, built again from its movements in the order of recording. */
export class Replay {
  readonly #layers: OrderedLayers;
  readonly #worth: Worth;
  readonly #refunds: Refunds;
  readonly #flips: readonly ReplayFlip[];
  readonly #costs: readonly ReplayCost[];
  #nextFlip = 0;
  #nextCost = 0;
  #quantity = 0n;
  #value = 0n;

  constructor({ layers, flips, refundedLineIds, costs }: ReplayRows) {
    this.#layers = layersInOrder(layers);
    this.#worth = new Worth(this.#layers);
    this.#refunds = new Refunds(refundedLineIds);
    this.#flips = flips;
    this.#costs = costs;
  }

  /** What is wrong with this movement, if something is; to be called in the order of `seq`. */
  apply(movement: ReplayMovement): BrokenRow | undefined {
    this.#catchUp(movement.seq);
    const broken = checkSums(movement) ?? this.#checkLayers(movement);
    if (broken !== undefined) return broken;
    this.#quantity += movement.quantity;
    this.#value += movement.value;
    const { reverses, quantity, type } = movement;
    if (reverses === null && quantity < 0n && type !== "refund_waste") {
      return (
        checkOrder(this.#layers, movement) ??
        this.#worth.check(movement) ??
        this.#refunds.note(movement) ??
        this.#change(movement)
      );
    }
    this.#worth.interrupt();
    return this.#checkOther(movement) ?? this.#change(movement);
  }

  /** What was recorded before that moves no stock of the pair. */
  #catchUp(seq: number): void {
    for (let flip = this.#flips[this.#nextFlip]; flip !== undefined && flip.seq < seq; ) {
      const layer = this.#layers.byId.get(flip.layerId);
      if (layer !== undefined) layer.isStopped = flip.isHeld;
      this.#nextFlip += 1;
      flip = this.#flips[this.#nextFlip];
    }
    for (let cost = this.#costs[this.#nextCost]; cost !== undefined && cost.seq < seq; ) {
      this.#refunds.bear(cost);
      this.#nextCost += 1;
      cost = this.#costs[this.#nextCost];
    }
  }

  #checkLayers({ id, allocations }: ReplayMovement): BrokenRow | undefined {
    const foreign = allocations.find((each) => !this.#layers.byId.has(each.layerId));
    if (foreign === undefined) return undefined;
    const problem = "names a layer that is not of the movement's item and site";
    return difference("stock.allocations", `${id}/${foreign.layerId}`, problem);
  }

  /** What takes nothing by an order of its own. */
  #checkOther(movement: ReplayMovement): BrokenRow | undefined {
    // Whether it mirrors its original is a question to the database.
    if (movement.reverses !== null) return this.#refunds.note(movement);
    switch (movement.type) {
      case "refund":
        return this.#refunds.giveBack(movement);
      case "refund_waste":
        return this.#refunds.writeOff(movement);
      case "adjustment":
        return this.#checkAdjustment(movement);
      default:
        return this.#bringIn(movement);
    }
  }

  #bringIn(movement: ReplayMovement): BrokenRow | undefined {
    const [only, second] = movement.allocations;
    const layer = this.#layers.byId.get(only?.layerId ?? "");
    // A transfer brings a layer at the age it had elsewhere.
    const isTransfer = movement.type === "transfer_in";
    const isWhole =
      layer !== undefined &&
      second === undefined &&
      !layer.isIn &&
      layer.seq === movement.seq &&
      (isTransfer ? layer.arrivedAt : layer.effectiveAt) === movement.effectiveAt &&
      (isTransfer ? layer.effectiveAt <= movement.effectiveAt : layer.arrivedAt === null) &&
      layer.quantityIn === movement.quantity &&
      layer.valueIn === movement.value;
    if (!isWhole) {
      const problem = "does not bring in one new layer of its own quantity, value and time";
      return difference("stock.movements", movement.id, problem);
    }
    layer.isIn = true;
    if (movement.type === "receipt") layer.receiptLineId = movement.sourceLineId;
    return undefined;
  }

  /** Value alone, for layers that have something left to bear it. */
  #checkAdjustment({ id, allocations }: ReplayMovement): BrokenRow | undefined {
    for (const { layerId, quantity, value } of allocations) {
      const left = this.#layers.byId.get(layerId)?.left ?? 0n;
      if (quantity === 0n && value !== 0n && left > 0n) continue;
      const problem = "does not adjust the value of a layer that has something left";
      return difference("stock.allocations", `${id}/${layerId}`, problem, 0n, quantity);
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
      const id = `${movement.id}/${layer.id}`;
      return difference("stock.allocations", id, problem, undefined, layer.left);
    }
    return undefined;
  }

  /** What is wrong with the layers and the sums, when all movements have been applied. */
  finish(balance: ReplayBalance): BrokenRow | undefined {
    this.#catchUp(Number.POSITIVE_INFINITY);
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

function isPossible({ left, worth, quantityIn }: LayerState): boolean {
  return left >= 0n && left <= quantityIn && worth >= 0n && (left > 0n || worth === 0n);
}

function checkSums({ id, type, quantity, value, allocations }: ReplayMovement) {
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
  if (sumOfValues !== value) {
    return difference(table, id, "value is not the sum of its allocations", sumOfValues, value);
  }
  const isOfItsSign = (signs[type] ?? quantity) * quantity >= 0n;
  if (isOfItsSign) return undefined;
  return difference(table, id, "goes the wrong way for its type", undefined, quantity);
}

/** Which way a type goes, where it goes only one. */
const signs: Readonly<Record<string, bigint>> = {
  receipt: 1n,
  output: 1n,
  refund: 1n,
  transfer_in: 1n,
  sale: -1n,
  consumption: -1n,
  settlement: -1n,
  waste: -1n,
  refund_waste: -1n,
  transfer_out: -1n,
  receipt_reversal: -1n,
};

function checkLayer(layer: LayerState): BrokenRow | undefined {
  const table = "stock.layers";
  if (!layer.isIn) return difference(table, layer.id, "no movement brought it in");
  if (layer.left !== layer.quantity) {
    const problem = "quantity is not the sum of its allocations";
    return difference(table, layer.id, problem, layer.left, layer.quantity);
  }
  if (layer.worth !== layer.value) {
    const problem = "value is not the sum of its allocations";
    return difference(table, layer.id, problem, layer.worth, layer.value);
  }
  if (layer.isStopped === layer.isHeld) return undefined;
  return difference(table, layer.id, "is held though its last hold ended, or the other way round");
}

import type { BrokenRow } from "../model/verification.ts";
import type { ReplayMovement } from "./replay.ts";
import { difference, worthOf } from "./replay-micro.ts";

/** A late price that a line of a sale bore for what it had taken from a layer. */
export interface ReplayCost {
  readonly seq: number;
  readonly lineId: string;
  readonly layerId: string;
  readonly value: bigint;
}

const sold: ReadonlySet<string> = new Set(["sale", "settlement", "void", "settlement_reversal"]);

/** What the lines of sales that were refunded took, layer by layer, and have not got back. */
export class Refunds {
  readonly #lines: ReadonlySet<string>;
  readonly #rests = new Map<string, { quantity: bigint; value: bigint }>();
  /** What a refund gave back: what its write-off must take again. */
  readonly #given = new Map<string, ReplayMovement["allocations"]>();

  constructor(lineIds: readonly string[]) {
    this.#lines = new Set(lineIds);
  }

  bear({ lineId, layerId, value }: ReplayCost): void {
    if (this.#lines.has(lineId)) this.#rest(lineId, layerId).value += value;
  }

  /** A sale, a settlement, or what undoes one. */
  note({ id, type, sourceLineId, allocations }: ReplayMovement): BrokenRow | undefined {
    if (sourceLineId === null || !this.#lines.has(sourceLineId) || !sold.has(type))
      return undefined;
    for (const { layerId, quantity, value } of allocations) {
      const rest = this.#rest(sourceLineId, layerId);
      rest.quantity -= quantity;
      rest.value -= value;
      if (rest.quantity >= 0n) continue;
      const problem = "undoes what a refund has already given back";
      return difference("stock.allocations", `${id}/${layerId}`, problem, undefined, rest.quantity);
    }
    return undefined;
  }

  /** At most what the line took and has not got back, at the value that the take rule gives it. */
  giveBack(movement: ReplayMovement): BrokenRow | undefined {
    const { id, sourceId, sourceLineId, allocations } = movement;
    const table = "stock.allocations";
    for (const { layerId, quantity, value } of allocations) {
      const rest = this.#rest(sourceLineId ?? "", layerId);
      const row = `${id}/${layerId}`;
      if (quantity <= 0n || quantity > rest.quantity) {
        const problem = "gives back more than its line took from the layer and has not got back";
        return difference(table, row, problem, rest.quantity, quantity);
      }
      const expected = worthOf(rest, quantity);
      if (value !== expected) {
        const problem = "does not have the value that its line has not got back";
        return difference(table, row, problem, expected, value);
      }
      rest.quantity -= quantity;
      rest.value -= value;
    }
    this.#given.set(`${sourceId}/${sourceLineId}`, allocations);
    return undefined;
  }

  /** A write-off takes what the refund of the same document and line gave back, layer by layer. */
  writeOff({ id, sourceId, sourceLineId, allocations }: ReplayMovement): BrokenRow | undefined {
    const key = `${sourceId}/${sourceLineId}`;
    const given = new Map(this.#given.get(key)?.map((each) => [each.layerId, each]));
    this.#given.delete(key);
    const isMirror =
      given.size === allocations.length &&
      allocations.every(({ layerId, quantity, value }) => {
        const back = given.get(layerId);
        return back?.quantity === -quantity && back.value === -value;
      });
    if (isMirror) return undefined;
    const problem = "does not take what its refund gave back, layer by layer";
    return difference("stock.movements", id, problem);
  }

  #rest(lineId: string, layerId: string): { quantity: bigint; value: bigint } {
    const key = `${lineId}/${layerId}`;
    const known = this.#rests.get(key) ?? { quantity: 0n, value: 0n };
    this.#rests.set(key, known);
    return known;
  }
}

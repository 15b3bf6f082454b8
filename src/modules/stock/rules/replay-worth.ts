import type { BrokenRow } from "../model/verification.ts";
import type { ReplayMovement } from "./replay.ts";
import type { OrderedLayers } from "./replay-layers.ts";
import { difference, worthOf } from "./replay-micro.ts";

/** The states that some layers had when a statement began: where its rounding starts from. */
type Start = Map<string, { readonly quantity: bigint; readonly value: bigint }>;

/**
 * The first x of a layer with quantity Q and value V are worth round(V × x ÷ Q). Lines of one
 * statement share a layer's Q and V as they were when it began; where one statement of a command
 * ended and its next began is not recorded, so any place that makes every row exact will do.
 */
export class Worth {
  readonly #layers: OrderedLayers;
  #command = "";
  #starts: Start[] = [];

  constructor(layers: OrderedLayers) {
    this.#layers = layers;
  }

  /** What comes next is of another statement. */
  interrupt(): void {
    this.#command = "";
  }

  check(movement: ReplayMovement): BrokenRow | undefined {
    const key = commandOf(movement);
    if (key !== this.#command) this.#starts = [];
    this.#command = key;
    let first: BrokenRow | undefined;
    const exact: Start[] = [];
    for (const start of [...this.#starts, new Map()]) {
      const broken = this.#since(start, movement);
      if (broken === undefined) exact.push(start);
      first ??= broken;
    }
    // One that began with this line is like one whose layers this line was the first to touch.
    this.#starts = exact;
    return exact.length === 0 ? first : undefined;
  }

  #since(start: Start, { id, allocations }: ReplayMovement): BrokenRow | undefined {
    for (const { layerId, ...allocation } of allocations) {
      const layer = this.#layers.byId.get(layerId);
      if (layer === undefined) continue;
      const base = start.get(layerId) ?? { quantity: layer.left, value: layer.worth };
      start.set(layerId, base);
      const since = base.quantity - layer.left;
      const expected = worthOf(base, since - allocation.quantity) - worthOf(base, since);
      if (expected === -allocation.value) continue;
      const problem = "does not have the value that the take rule gives it";
      const row = `${id}/${layerId}`;
      return difference("stock.allocations", row, problem, -expected, allocation.value);
    }
    return undefined;
  }
}

/** Lines of one statement have all of this in common; a settlement's lines are of several sales. */
function commandOf({ type, effectiveAt, sourceId }: ReplayMovement): string {
  return `${type} ${effectiveAt} ${type === "settlement" ? "" : sourceId}`;
}

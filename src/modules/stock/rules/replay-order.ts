import type { BrokenRow } from "../model/verification.ts";
import type { ReplayMovement } from "./replay.ts";
import type { LayerState, OrderedLayers } from "./replay-layers.ts";
import { difference } from "./replay-micro.ts";

/** The layers an issue may take, in its order. */
function takeable(layers: OrderedLayers, issue: ReplayMovement): readonly LayerState[] {
  const ordered = issue.pick === "fefo" ? layers.openByExpiry() : layers.open;
  const { type, lotId, effectiveAt, effectiveOn } = issue;
  const isExpired = ({ expiresOn }: LayerState) => expiresOn !== null && expiresOn < effectiveOn;
  const candidates = ordered.filter(
    (layer) =>
      layer.effectiveAt <= effectiveAt &&
      (layer.arrivedAt === null || layer.arrivedAt <= effectiveAt) &&
      (lotId === null || layer.lotId === lotId) &&
      (type !== "receipt_reversal" || layer.receiptLineId === issue.sourceLineId),
  );
  if (type === "waste" || type === "receipt_reversal") return candidates;
  if (type !== "count") {
    return candidates.filter((layer) => !isExpired(layer) && !layer.isStopped);
  }
  const rankOf = (layer: LayerState) => (layer.isStopped ? 2 : isExpired(layer) ? 1 : 0);
  return candidates.sort((a, b) => rankOf(a) - rankOf(b));
}

/**
 * Each issue takes the first eligible layers in the rule's order until it is met; a receipt's
 * reversal only its own.
 */
export function checkOrder(layers: OrderedLayers, movement: ReplayMovement): BrokenRow | undefined {
  const taken = new Map(movement.allocations.map((each) => [each.layerId, -each.quantity]));
  let wanted = -movement.quantity;
  for (const layer of takeable(layers, movement)) {
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
  const id = `${movement.id}/${extra?.[0] ?? ""}`;
  return difference("stock.allocations", id, problem, 0n, extra?.[1]);
}

/** Of bigints, which Math.min does not take. */
function smallerOf(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

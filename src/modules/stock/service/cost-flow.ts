import type { Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { lockPairs } from "../queries/balances.ts";
import type { CostAdjustmentRow, LayerAdjustment } from "../queries/cost-adjustments.ts";
import * as queries from "../queries/cost-flow.ts";
import { type Consumer, type RunShare, spreadCorrection } from "../rules/price-correction.ts";

/** Where the cost of some layers went: all that was made of them and all who took from them. */
export interface CostFlow {
  readonly layers: readonly queries.FlowLayer[];
  readonly consumers: readonly queries.FlowConsumer[];
  readonly shares: readonly queries.CostShareRow[];
  /** The time of the latest of them. */
  readonly latest: string;
}

/**
 * Locks the balances of all that came of these layers, and reads it again under the lock. Throws
 * `stock.correction_busy` (409) if it has grown in between beyond what is locked.
 */
export async function lockClosure(tx: Tx, layerIds: readonly string[]): Promise<CostFlow> {
  const pairOf = ({ itemId, siteId }: queries.FlowLayer) => `${itemId} ${siteId}`;
  const seen = await queries.listClosure(tx, layerIds);
  const pairs = new Map(seen.map((layer) => [pairOf(layer), layer]));
  await lockPairs(tx, [...pairs.values()]);
  const layers = await queries.listClosure(tx, layerIds);
  if (!layers.every((layer) => pairs.has(pairOf(layer)))) throw errors.correctionBusy();
  const ids = layers.map((layer) => layer.id);
  const consumers = await queries.listConsumers(tx, ids);
  const runs = consumers.filter(({ kind }) => kind === "run").map(({ sourceId }) => sourceId);
  const shares = await queries.listCostShares(tx, [...new Set(runs)]);
  const latest = [layers[0]?.latest ?? "", consumers[0]?.latest ?? ""].sort(byTime)[1] ?? "";
  return { layers, consumers, shares, latest };
}

function byTime(a: string, b: string): number {
  return (Date.parse(a) || 0) - (Date.parse(b) || 0);
}

interface SpreadCost {
  readonly kept: readonly LayerAdjustment[];
  readonly costs: readonly CostAdjustmentRow[];
}

/** The rows that late prices of layers, in millionths, become. */
export function spreadOver(
  { layers, consumers, shares }: CostFlow,
  differences: ReadonlyMap<string, bigint>,
): SpreadCost {
  const ofLayers = new Map<string, FlowingConsumer[]>(layers.map(({ id }) => [id, []]));
  for (const row of consumers) ofLayers.get(row.layerId)?.push(toConsumer(row));
  const { kept, borne, lost } = spreadCorrection(
    differences,
    layers.map(({ id, quantity, value }) => ({
      id,
      quantity: BigInt(quantity),
      value: BigInt(value),
      consumers: ofLayers.get(id) ?? [],
    })),
    shares.map(toShare),
  );
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const byRun = new Map(shares.map((share) => [share.sourceId, share]));
  return {
    kept: [...kept].map(([layerId, value]) => {
      return { movementId: newId(), layerId, value: String(value) };
    }),
    costs: [
      ...borne.map(({ layerId, by, value }) => rowOf(by.row, byId.get(layerId), value)),
      ...lost.map(({ share, value }) => lossOf(byRun.get(share.runId), value)),
    ],
  };
}

interface FlowingConsumer extends Consumer {
  readonly row: queries.FlowConsumer;
}

function toConsumer(row: queries.FlowConsumer): FlowingConsumer {
  const { kind } = row;
  const target = kind === "transfer" ? (row.producedLayerId ?? "") : row.sourceId;
  return { row, kind, target, quantity: BigInt(row.quantity), cost: BigInt(row.cost) };
}

function toShare({ sourceId, layerId, good, lost }: queries.CostShareRow): RunShare {
  return { runId: sourceId, layerId, good: BigInt(good), lost: BigInt(lost) };
}

function rowOf(
  row: queries.FlowConsumer,
  layer: queries.FlowLayer | undefined,
  value: bigint,
): CostAdjustmentRow {
  return {
    id: newId(),
    kind: row.kind as CostAdjustmentRow["kind"],
    itemId: layer?.itemId ?? "",
    siteId: layer?.siteId ?? "",
    layerId: row.layerId,
    movementId: row.movementId,
    sourceId: row.sourceId,
    sourceLineId: row.sourceLineId,
    quantity: row.quantity,
    value: String(value),
  };
}

function lossOf(share: queries.CostShareRow | undefined, value: bigint): CostAdjustmentRow {
  return {
    id: newId(),
    kind: "loss",
    itemId: share?.itemId ?? "",
    siteId: share?.siteId ?? "",
    layerId: share?.layerId ?? null,
    movementId: null,
    sourceId: share?.sourceId ?? "",
    sourceLineId: null,
    quantity: share?.lost ?? "0",
    value: String(value),
  };
}

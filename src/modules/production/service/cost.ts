import {
  labourCost,
  MICROS_MAX,
  microsOf,
  outputTooLarge,
  ratioText,
} from "#modules/recipes/index.ts";
import { type Decimal, decimal, decimalText, sum, ZERO } from "#platform/decimal.ts";
import * as errors from "../errors.ts";
import type { ByProductRow, RunRow } from "../queries/write.ts";
import { missingOf, settleRun, sharesOf } from "../rules/cost.ts";
import type { ConsumedRun } from "./consume.ts";
import type { PreparedRun } from "./prepare.ts";

/** What a run cost and what its output is worth; all rounded to the ledger's places. */
export interface CostedRun {
  readonly actual: Decimal;
  readonly labourMinutes: string;
  readonly materials: Decimal;
  readonly labour: Decimal;
  readonly overhead: Decimal;
  readonly byProducts: Decimal;
  readonly total: Decimal;
  readonly good: Decimal;
  readonly loss: Decimal;
}

const costMax = decimal("99999999999999");

/** Throws `production.by_products_value` and `production.cost` (422). */
export function costRun(
  { input }: PreparedRun,
  { plan, lines }: ConsumedRun,
  labourRate: string,
): CostedRun {
  const labourMinutes =
    input.labourMinutes === undefined
      ? ratioText(plan.labourMinutes)
      : decimalText(decimal(input.labourMinutes));
  if (microsOf(labourMinutes) > MICROS_MAX) throw outputTooLarge("/plannedOutput");
  const materials = sum(lines.map((line) => decimal(line.value)));
  const labour = labourCost(labourMinutes, labourRate);
  const overhead = decimal(ratioText(plan.overhead));
  const byProducts = sum((input.byProducts ?? []).map((line) => decimal(line.value)));
  const spent = sum([materials, labour, overhead]);
  if (spent.gt(costMax)) throw errors.costTooLarge();
  const total = spent.minus(byProducts);
  if (total.lt(ZERO)) throw errors.byProductsTooDear();
  const actual = decimal(input.actualOutput ?? input.plannedOutput);
  const settled = settleRun(total, decimal(input.plannedOutput), actual);
  return { actual, labourMinutes, materials, labour, overhead, byProducts, total, ...settled };
}

/** By what a late price of what was consumed will be shared; by-products keep their value. */
export function shareOf({ id, itemId, siteId, layerId, plannedOutput, actualOutput }: RunRow) {
  const lost = decimalText(missingOf(decimal(plannedOutput), decimal(actualOutput)));
  return { sourceId: id, itemId, siteId, layerId, good: actualOutput, lost };
}

/** Into which layers the consumption went, and with which share. */
export function linksOf(
  { lines }: ConsumedRun,
  layerId: string | null,
  good: Decimal,
  byProducts: readonly ByProductRow[],
) {
  const layers = byProducts.map((line) => ({ layerId: line.layerId, value: decimal(line.value) }));
  if (layerId !== null) layers.unshift({ layerId, value: good });
  const shares = sharesOf(layers.map((layer) => layer.value));
  return {
    movementIds: lines.flatMap((line) => line.movementId ?? []),
    produced: layers.map((layer, index) => ({
      layerId: layer.layerId,
      weight: shares[index] ?? "1",
    })),
  };
}

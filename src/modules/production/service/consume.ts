import {
  MICROS_MAX,
  microsOf,
  microsText,
  outputTooLarge,
  outputTooSmall,
  type Plan,
  type PlanLine,
  planOutput,
  stockingIn,
  unmakeable,
} from "#modules/recipes/index.ts";
import { consume, lockBalances, type Moment, peekStock } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { decimalText, ZERO } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import type { RunLineRow } from "../queries/write.ts";
import type { PreparedRun } from "./prepare.ts";

export interface RunConsumption {
  readonly runId: string;
  readonly prepared: PreparedRun;
  readonly moment: Moment;
}

export interface ConsumedRun {
  readonly plan: Plan;
  readonly lines: readonly RunLineRow[];
  /** The balances as they were when they were locked. */
  readonly locked: Awaited<ReturnType<typeof lockBalances>>;
}

/**
 * Locks every balance that the run may touch, once and in order, then decides from that state what
 * is taken and what is made on the way, and takes it.
 */
export async function consumeForRun(
  tx: Tx,
  ctx: Ctx,
  consumption: RunConsumption,
): Promise<ConsumedRun> {
  const { runId, prepared, moment } = consumption;
  const { siteId, byProducts = [] } = prepared.input;
  const { effectiveAt, effectiveOn } = moment;
  const takenIds = takeableIds(prepared);
  const madeIds = [prepared.made.id, ...byProducts.map((line) => line.itemId)];
  const locked = await lockBalances(tx, siteId, [...takenIds, ...madeIds]);
  const plan = await planRun(tx, consumption, takenIds);
  const lines = plan.lines.filter((line) => line.stocking !== "made_to_order").map(toLine);
  const takes = lines.flatMap(({ id, itemId, quantity, movementId }) =>
    movementId === null
      ? []
      : [{ movementId, itemId, quantity, sourceLineId: id, pointer: prepared.pointerOf(itemId) }],
  );
  if (takes.length === 0) return { plan, lines, locked };
  const issued = await consume(tx, ctx, {
    type: "consumption",
    siteId,
    effectiveAt,
    effectiveOn,
    sourceId: runId,
    eligibility: "eligible",
    allowShort: false,
    lines: takes,
  });
  const values = new Map(issued.map((each) => [each.movementId, each.value]));
  const valued = lines.map((line) => ({
    ...line,
    value: values.get(line.movementId ?? "") ?? "0",
  }));
  return { plan, lines: valued, locked };
}

/** Every item the run may take from, whatever stock there is. */
function takeableIds({ tree, input, planned, replaced }: PreparedRun): string[] {
  const { root, formulas, items } = tree;
  const explode = input.explodeShortage ?? false;
  const stockingOf = stockingIn(items);
  const question = { root, output: planned, formulas, stockingOf, explode, replaced };
  const everything = planOutput({ ...question, ...(explode ? { stockOf: () => 0n } : {}) });
  const taken = everything.lines.filter((line) => line.stocking === "stocked");
  return taken.map((line) => line.itemId);
}

async function planRun(
  tx: Tx,
  { prepared, moment }: RunConsumption,
  takenIds: readonly string[],
): Promise<Plan> {
  const { tree, input, planned, replaced } = prepared;
  const { root, formulas, items } = tree;
  const explode = input.explodeShortage ?? false;
  const question = {
    root,
    output: planned,
    formulas,
    stockingOf: stockingIn(items),
    explode,
    replaced,
  };
  const nested = explode ? takenIds.filter((itemId) => formulas.has(itemId)) : [];
  const plan = planOutput({ ...question, ...(await stockOfNested(tx, prepared, moment, nested)) });
  if (plan.unmakeable.length > 0) throw unmakeable("/recipeId");
  if (plan.vanishing.length > 0) throw outputTooSmall("/plannedOutput");
  const quantities = [
    ...plan.lines.flatMap((line) => [line.planned, line.quantity]),
    ...plan.made.map((made) => made.quantity),
  ];
  if (quantities.some((quantity) => quantity > MICROS_MAX)) throw outputTooLarge("/plannedOutput");
  return plan;
}

/**
 * Only what has a recipe can be short and still be made; what has none counts as enough until it is
 * taken.
 */
async function stockOfNested(
  tx: Tx,
  { input }: PreparedRun,
  { effectiveAt, effectiveOn }: Moment,
  nested: readonly string[],
) {
  if (nested.length === 0) return {};
  const { siteId } = input;
  const stock = await peekStock(tx, { siteId, itemIds: nested, effectiveAt, effectiveOn });
  const known = new Set(nested);
  const stockOf = (itemId: string) =>
    known.has(itemId)
      ? microsOf(decimalText(stock.get(itemId)?.quantity ?? ZERO))
      : MICROS_MAX * 2n;
  return { stockOf };
}

function toLine(line: PlanLine): RunLineRow {
  const isTaken = line.stocking === "stocked" && line.quantity > 0n;
  return {
    id: newId(),
    itemId: line.itemId,
    quantity: microsText(line.quantity),
    plannedQuantity: microsText(line.planned),
    value: "0",
    movementId: isTaken ? newId() : null,
  };
}

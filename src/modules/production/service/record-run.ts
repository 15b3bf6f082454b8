import { visibleResult } from "#modules/access/index.ts";
import { microsText, type Plan } from "#modules/recipes/index.ts";
import { postingSettings } from "#modules/settings/index.ts";
import { authoriseSite } from "#modules/sites/index.ts";
import {
  linkGenealogy,
  type Moment,
  postingMoment,
  receive,
  shareCost,
} from "#modules/stock/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, inOrder, type Tx } from "#platform/db.ts";
import { decimal, decimalText, ZERO } from "#platform/decimal.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { runRecorded } from "../events.ts";
import { type NewRun, Run } from "../model.ts";
import { findRun } from "../queries/read.ts";
import { type ByProductRow, insertRun, type RecordedRun, type RunRow } from "../queries/write.ts";
import { expiryOf } from "../rules/cost.ts";
import { type ConsumedRun, consumeForRun } from "./consume.ts";
import { type CostedRun, costRun, linksOf, shareOf } from "./cost.ts";
import { type PreparedRun, prepareRun } from "./prepare.ts";

export interface RunRequest {
  readonly key: string;
  readonly input: NewRun;
}

// Any of them may be the first to refuse an id.
const ownIds: ReadonlySet<string> = new Set([
  "runs_pkey",
  "cost_shares_pkey",
  "run_states_pkey",
  "run_by_products_pkey",
  "run_sub_recipes_pkey",
]);

/**
 * Records a production: ingredients, output, by-products, cost and genealogy in one transaction
 * (domain rules 7). The ledger takes the unrounded plan, but for the items that `consumed` names.
 * Throws `stock.short` (409) and 422 for what is not in use.
 */
export async function recordRun(ctx: Ctx, request: RunRequest): Promise<CommandResult<Run>> {
  const { key, input } = request;
  authoriseSite(ctx, "production.record", input.siteId);
  const counts = { name: "runs_recorded", help: "Runs recorded" };
  const command = { route: "production-runs", key, body: input, counts };
  try {
    const running = runCommand(ctx, command, async (tx) => ({
      status: 201,
      body: await addRun(tx, ctx, input),
    }));
    return await visibleResult(ctx, Run, running);
  } catch (error) {
    if (ownIds.has(constraintOf(error) ?? "")) throw errors.runIdTaken(error);
    throw error;
  }
}

async function addRun(tx: Tx, ctx: Ctx, input: NewRun): Promise<Run> {
  const runId = input.id ?? newId();
  const moment = await postingMoment(tx, ctx, input.siteId, input.effectiveAt);
  const { labourRate } = await postingSettings(tx);
  const prepared = await prepareRun(tx, input);
  const consumed = await consumeForRun(tx, ctx, { runId, prepared, moment });
  const costed = costRun(prepared, consumed, labourRate);
  const byProducts = byProductsOf(input);
  const out = await giveOutput(tx, ctx, { runId, prepared, consumed, moment, costed, byProducts });
  const recorded: RecordedRun = {
    run: { ...rowOf(runId, prepared, moment, costed), ...out, labourRate, actor: ctx.actor.id },
    lines: consumed.lines,
    byProducts,
    subRecipes: subRecipesOf(consumed.plan),
  };
  const [, , , run] = await inOrder(
    shareCost(tx, shareOf(recorded.run)),
    linkGenealogy(tx, linksOf(consumed, out.layerId, costed.good, byProducts)),
    insertRun(tx, recorded),
    findRun(tx, runId),
  );
  invariant(run, "the run was written in this transaction");
  const { businessDate } = moment;
  publish(tx, runRecorded, { siteId: input.siteId, businessDate, subjectId: runId, payload: {} });
  return run;
}

function byProductsOf({ byProducts = [] }: NewRun): ByProductRow[] {
  return byProducts.map(({ itemId, quantity, value }) => ({
    itemId,
    quantity: decimalText(decimal(quantity)),
    value: decimalText(decimal(value)),
    lotId: newId(),
    layerId: newId(),
  }));
}

interface Output {
  readonly runId: string;
  readonly prepared: PreparedRun;
  readonly consumed: ConsumedRun;
  readonly moment: Moment;
  readonly costed: CostedRun;
  readonly byProducts: readonly ByProductRow[];
}

/** Puts what came out on the books; nothing good, no lot. */
async function giveOutput(tx: Tx, ctx: Ctx, output: Output) {
  const { runId, prepared, consumed, moment, costed, byProducts } = output;
  const { effectiveAt, effectiveOn } = moment;
  const { items } = prepared.tree;
  const made = costed.actual.eq(ZERO) ? null : { lotId: newId(), layerId: newId() };
  const goods = made && {
    ...made,
    itemId: prepared.made.id,
    quantity: decimalText(costed.actual),
    value: decimalText(costed.good),
  };
  const lines = [...(goods ? [goods] : []), ...byProducts].map((line) => ({
    ...line,
    movementId: newId(),
    expiresOn: expiryOf(effectiveOn, items.get(line.itemId)?.shelfLifeDays ?? null),
  }));
  if (lines.length > 0) {
    const { siteId } = prepared.input;
    const posting = { siteId, effectiveAt, effectiveOn, sourceId: runId, lines };
    await receive(tx, ctx, { ...posting, type: "output", origin: "run" }, consumed.locked);
  }
  return { lotId: made?.lotId ?? null, layerId: made?.layerId ?? null };
}

function rowOf(
  runId: string,
  { input, tree, planned }: PreparedRun,
  { effectiveAt, businessDate }: Moment,
  costed: CostedRun,
): Omit<RunRow, "lotId" | "layerId" | "labourRate" | "actor"> {
  return {
    id: runId,
    siteId: input.siteId,
    recipeId: tree.root.recipeId,
    recipeVersion: tree.root.version,
    itemId: tree.root.itemId,
    plannedOutput: microsText(planned),
    actualOutput: decimalText(costed.actual),
    explodesShortage: input.explodeShortage ?? false,
    labourMinutes: costed.labourMinutes,
    materialsValue: decimalText(costed.materials),
    labourValue: decimalText(costed.labour),
    overheadValue: decimalText(costed.overhead),
    byProductsValue: decimalText(costed.byProducts),
    totalCost: decimalText(costed.total),
    abnormalLoss: decimalText(costed.loss),
    effectiveAt,
    businessDate,
  };
}

function subRecipesOf({ made }: Plan) {
  return made.map(({ formula, quantity }) => ({
    itemId: formula.itemId,
    quantity: microsText(quantity),
    recipeId: formula.recipeId,
    recipeVersion: formula.version,
  }));
}

import { authorise, authoriseAt, type Permission, visible } from "#modules/access/index.ts";
import { readSettings } from "#modules/settings/index.ts";
import { siteUnknown } from "#modules/sites/index.ts";
import { costOfTaking, momentOfLook, peekStock } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import {
  decimal,
  decimalText,
  divide,
  sum,
  trimZeros,
  VALUE_PLACES,
  ZERO,
} from "#platform/decimal.ts";
import * as errors from "../errors.ts";
import { type RecipeCanMake, type RecipeCost, RecipeScale } from "../model/preview.ts";
import { largestOf, type PlanQuestion, planOutput } from "../rules/plan.ts";
import {
  MICROS_MAX,
  type Micros,
  microsOf,
  microsText,
  ofMicros,
  over,
  ratioOf,
  ratioText,
  times,
  toMicros,
} from "../rules/ratio.ts";
import { sheetQuantity } from "../rules/sheet.ts";
import { treeFor, type VersionOf } from "./read.ts";
import { type RecipeTree, stockingIn } from "./tree.ts";

export interface ScaleQuestion extends VersionOf {
  readonly output?: string | undefined;
  readonly resolution?: string | undefined;
}

/**
 * The sheet for a wanted output, in the stock unit of what the recipe makes; by default one yield.
 */
export async function scaleRecipe(ctx: Ctx, question: ScaleQuestion): Promise<RecipeScale> {
  authorise(ctx, "recipes.read");
  const tree = await treeFor(ctx, question);
  const { root } = tree;
  const output = outputOf(tree, question.output);
  const factor = over(ofMicros(output), root.yield);
  const resolution = ratioOf(question.resolution ?? "1");
  return visible(ctx, RecipeScale, {
    ...headOf(tree),
    output: microsText(output),
    dough: root.dough === null ? null : ratioText(times(root.dough, factor)),
    ingredients: root.lines.map((line) => {
      const quantity = times(line.written, factor);
      return {
        itemId: line.itemId,
        name: nameOf(tree, line.itemId),
        quantity: ratioText(quantity),
        unit: line.unit,
        sheetQuantity: sheetQuantity(quantity, line.unit, resolution),
        bakersPercent: line.bakersPercent === null ? null : trimZeros(line.bakersPercent),
      };
    }),
    labourMinutes: ratioText(times(root.labourMinutes, factor)),
    overhead: ratioText(times(root.overhead, factor)),
  });
}

export interface StockQuestion extends VersionOf {
  readonly siteId: string;
  readonly explode?: boolean | undefined;
}

/**
 * What the next run would cost at a site now: by FIFO or FEFO over its layers, rounded as a run
 * rounds. What is missing has no cost, and then the total has none. With `explode`, sub-recipes
 * that are short are made from their ingredients, as a run with `explodeShortage` does.
 */
export async function costRecipe(
  ctx: Ctx,
  question: StockQuestion & { readonly output?: string | undefined },
): Promise<RecipeCost> {
  const { siteId } = question;
  authoriseLook(ctx, "costs.read", siteId);
  const { tree, stock, ask } = await lookAt(ctx, question);
  const output = outputOf(tree, question.output);
  const plan = planOutput(ask(output));
  if (plan.unmakeable.length > 0) throw errors.unmakeable("");
  const { labourRate } = await readSettings(ctx.app.db);
  const taken = plan.lines.filter((line) => line.stocking === "none" || line.quantity > 0n);
  const lines = taken.map(({ itemId, quantity, stocking }) => {
    const isFree = stocking === "none";
    const wanted = decimal(microsText(quantity));
    const { cost, missing } = isFree
      ? { cost: ZERO, missing: ZERO }
      : costOfTaking(stock.get(itemId), wanted);
    return { itemId, quantity, missing, cost: missing.eq(ZERO) ? cost : null };
  });
  const labour = labourCost(ratioText(plan.labourMinutes), labourRate);
  const overhead = decimal(ratioText(plan.overhead));
  const costs = lines.flatMap(({ cost }) => cost ?? []);
  const isComplete = costs.length === lines.length;
  const total = isComplete ? sum([...costs, labour, overhead]) : null;
  const unitCost = total && divide(total, decimal(microsText(output)), VALUE_PLACES);
  return {
    ...headOf(tree),
    siteId,
    output: microsText(output),
    ingredients: lines.map((line) => ({
      itemId: line.itemId,
      name: nameOf(tree, line.itemId),
      quantity: microsText(line.quantity),
      unit: unitOf(tree, line.itemId),
      missing: decimalText(line.missing),
      cost: line.cost && decimalText(line.cost),
    })),
    labourMinutes: ratioText(plan.labourMinutes),
    labour: decimalText(labour),
    overhead: decimalText(overhead),
    totalCost: total && decimalText(total),
    unitCost: unitCost && decimalText(unitCost),
    isComplete,
  };
}

/**
 * The most a site could make now: whole pieces, otherwise to the sixth place. A run of exactly that
 * succeeds, and one of a step more does not (domain rules 7).
 */
export async function canMake(ctx: Ctx, question: StockQuestion): Promise<RecipeCanMake> {
  const { siteId } = question;
  authoriseLook(ctx, "stock.read", siteId);
  const { tree, stock, ask } = await lookAt(ctx, question);
  const unit = unitOf(tree, tree.root.itemId);
  const step: Micros = unit === "piece" ? 1_000_000n : 1n;
  const shortAt = (output: Micros) =>
    planOutput(ask(output)).lines.filter((line) => line.short > 0n);
  const most = (MICROS_MAX / step) * step;
  const reach = largestOf(step, most, (each) => shortAt(each).length === 0);
  const { unmakeable, vanishing } = planOutput(ask(reach > 0n ? reach : step));
  if (unmakeable.length > 0) throw errors.unmakeable("");
  // So little that the books cannot say what it takes is nothing.
  const output = vanishing.length > 0 ? 0n : reach;
  const limits = reach === most ? [] : shortAt(reach + step);
  return {
    ...headOf(tree),
    siteId,
    output: reach === most ? null : microsText(output),
    limitedBy: limits.map(({ itemId }) => ({
      itemId,
      name: nameOf(tree, itemId),
      available: decimalText(stock.get(itemId)?.quantity ?? ZERO),
      unit: unitOf(tree, itemId),
    })),
  };
}

/** A recipe is the company's, what it is made of is a site's. */
function authoriseLook(ctx: Ctx, permission: Permission, siteId: string): void {
  authorise(ctx, "recipes.read");
  const missing = () => siteUnknown("/query/siteId");
  authoriseAt(ctx, permission, siteId, { read: "sites.read", missing });
}

async function lookAt(ctx: Ctx, question: StockQuestion) {
  const { siteId, explode = false } = question;
  const tree = await treeFor(ctx, question);
  const moment = await momentOfLook(ctx.app.db, ctx, siteId);
  const itemIds = [...tree.items.keys()];
  const stock = await peekStock(ctx.app.db, { ...moment, itemIds });
  const stockOf = (itemId: string) => microsOf(decimalText(stock.get(itemId)?.quantity ?? ZERO));
  const { root, formulas } = tree;
  const known = { root, formulas, explode, stockOf, stockingOf: stockingIn(tree.items) };
  const ask = (output: Micros): PlanQuestion => ({ ...known, output });
  return { tree, stock, ask };
}

/** Minutes at a rate an hour, rounded once to the ledger's places. */
export function labourCost(minutes: string, ratePerHour: string) {
  return divide(decimal(minutes).times(decimal(ratePerHour)), decimal("60"), VALUE_PLACES);
}

function outputOf({ root }: RecipeTree, wanted: string | undefined): Micros {
  return wanted === undefined ? toMicros(root.yield) : microsOf(wanted);
}

function headOf(tree: RecipeTree) {
  const { recipeId, version, itemId } = tree.root;
  return { recipeId, recipeVersion: version, itemId, unit: unitOf(tree, itemId) };
}

function nameOf({ items }: RecipeTree, itemId: string): string {
  return items.get(itemId)?.name ?? "";
}

function unitOf({ items }: RecipeTree, itemId: string): string {
  return items.get(itemId)?.unit ?? "";
}

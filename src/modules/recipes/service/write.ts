import { authorise, visible } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { findItemsForLines, type LineItem } from "#modules/catalog/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { type DecimalInput, decimal, decimalText, ONE } from "#platform/decimal.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { type NewRecipe, Recipe, type RecipePatch, type WholeRecipe } from "../model/recipe.ts";
import * as queries from "../queries/recipes.ts";
import { findSurroundings } from "../queries/tree.ts";
import {
  isFlourWhole,
  resolveFormula,
  type WrittenIngredient,
  type WrittenRecipe,
} from "../rules/formula.ts";
import { MICROS_MAX, type Ratio, toMicros } from "../rules/ratio.ts";

/** Recipes one under the other, the lowest ingredient not counted. */
const depthMax = 20;

/**
 * Writes the recipe of an item. Throws `recipes.exists`, `recipes.cycle`, `recipes.too_deep` (409)
 * and 422 for items that are not in use, units they do not know, flours that are not 100 per cent.
 */
export async function createRecipe(ctx: Ctx, input: NewRecipe): Promise<Recipe> {
  authorise(ctx, "recipes.change", null);
  const added = await ctx.app.db.withTransaction(async (tx) => {
    const recipe = await addRecipe(tx, ctx, input);
    const subject = { kind: "recipe", id: recipe.id };
    await recordDeed(tx, ctx, { action: "recipe.added", subject });
    return recipe;
  });
  return visible(ctx, Recipe, added);
}

/** Step: `createRecipe` inside another module's transaction. */
export async function addRecipe(tx: Tx, ctx: Ctx, input: NewRecipe): Promise<Recipe> {
  await queries.lockRecipeSaves(tx);
  const recipe: WrittenRecipe = {
    recipeId: input.id ?? newId(),
    version: 1,
    itemId: input.itemId,
    ...quantitiesOf(input, noLosses),
    ingredients: ingredientsOf(input.ingredients),
  };
  await checkRecipe(tx, recipe, true);
  if (!(await queries.insertRecipe(tx, recipe))) {
    const isTaken = (await queries.findRecipe(tx, recipe.recipeId)) !== undefined;
    throw isTaken ? errors.recipeIdTaken() : errors.recipeExists();
  }
  await queries.insertVersion(tx, recipe, ctx.actor.id);
  return stored(tx, recipe.recipeId);
}

export interface RecipeChange extends queries.Seen {
  readonly patch: RecipePatch;
}

/**
 * Writes a new version: what was written before stays as it is, and so do its runs. Throws what
 * `createRecipe` throws and `recipes.stale` (412), `recipes.archived` (409).
 */
export async function changeRecipe(ctx: Ctx, change: RecipeChange): Promise<Recipe> {
  authorise(ctx, "recipes.change", null);
  const { id, patch } = change;
  const changed = await ctx.app.db.withTransaction(async (tx) => {
    await queries.lockRecipeSaves(tx);
    const before = await queries.findRecipe(tx, id);
    if (before === undefined || !(await queries.advanceRecipe(tx, change))) throw refusalOf(before);
    const recipe: WrittenRecipe = {
      recipeId: id,
      version: before.recipeVersion + 1,
      itemId: before.itemId,
      ...quantitiesOf({ yield: patch.yield ?? before.yield, ...patch }, before),
      ingredients: ingredientsOf(patch.ingredients ?? before.ingredients),
    };
    await checkRecipe(tx, recipe, patch.ingredients !== undefined);
    await queries.insertVersion(tx, recipe, ctx.actor.id);
    return stored(tx, id);
  });
  return visible(ctx, Recipe, changed);
}

/** Takes a recipe out of use; its versions and runs stay readable. */
export async function archiveRecipe(ctx: Ctx, seen: queries.Seen): Promise<void> {
  authorise(ctx, "recipes.change", null);
  const subject = { kind: "recipe", id: seen.id };
  await ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.archiveRecipe(tx, seen))) {
      throw refusalOf(await queries.findRecipe(tx, seen.id));
    }
    await recordDeed(tx, ctx, { action: "recipe.archived", subject });
  });
}

function refusalOf(found: Recipe | undefined): Error {
  if (found === undefined) return errors.recipeNotFound();
  return found.archived ? errors.recipeArchived() : errors.recipeStale();
}

async function stored(tx: Tx, id: string): Promise<WholeRecipe> {
  const recipe = await queries.findRecipe(tx, id);
  invariant(recipe, "the recipe was written in this transaction");
  return recipe;
}

type Quantities = Pick<WholeRecipe, "bakeLoss" | "handlingLoss" | "labourMinutes" | "overhead">;

const noLosses: Quantities = {
  bakeLoss: "0",
  handlingLoss: "0",
  labourMinutes: "0",
  overhead: "0",
};

function quantitiesOf(given: RecipePatch & Pick<NewRecipe, "yield">, before: Quantities) {
  return {
    yieldQuantity: exact(given.yield.quantity),
    yieldUnit: given.yield.unit,
    bakeLoss: exact(given.bakeLoss ?? before.bakeLoss),
    handlingLoss: exact(given.handlingLoss ?? before.handlingLoss),
    labourMinutes: exact(given.labourMinutes ?? before.labourMinutes),
    overhead: exact(given.overhead ?? before.overhead),
  };
}

/** An ingredient as it comes in, or as it was stored. */
interface IngredientGiven {
  readonly itemId: string;
  readonly quantity?: DecimalInput | null;
  readonly unit?: string | null;
  readonly bakersPercent?: DecimalInput | null;
  readonly flour?: boolean;
}

function ingredientsOf(given: readonly IngredientGiven[]): WrittenIngredient[] {
  return given.map(({ itemId, quantity, unit, bakersPercent, flour }) => ({
    itemId,
    quantity: quantity == null ? null : exact(quantity),
    unit: unit ?? null,
    bakersPercent: bakersPercent == null ? null : exact(bakersPercent),
    isFlour: flour ?? false,
  }));
}

function exact(input: DecimalInput): string {
  return decimalText(decimal(input));
}

async function checkRecipe(tx: Tx, recipe: WrittenRecipe, isNewList: boolean): Promise<void> {
  const usedIds = [...new Set(recipe.ingredients.map((line) => line.itemId))];
  const items = await findItemsForLines(tx, [...new Set([recipe.itemId, ...usedIds])]);
  requireItem(items, recipe.itemId, "/itemId", true);
  recipe.ingredients.forEach((line, index) => {
    requireItem(items, line.itemId, `/ingredients/${index}/itemId`, isNewList);
  });
  if (decimal(recipe.bakeLoss).gte(ONE)) throw errors.lossTooLarge("/bakeLoss");
  if (decimal(recipe.handlingLoss).gte(ONE)) throw errors.lossTooLarge("/handlingLoss");
  if (!isFlourWhole(recipe.ingredients)) throw errors.flourNotWhole();
  const formula = resolveFormula(recipe, items, (pointer) => pointer);
  requireFit(formula.yield, "/yield/quantity");
  formula.lines.forEach(({ quantity }, index) => {
    const { bakersPercent } = recipe.ingredients[index] ?? {};
    const field = bakersPercent === null ? "quantity" : "bakersPercent";
    requireFit(quantity, `/ingredients/${index}/${field}`);
  });
  const around = await findSurroundings(tx, recipe.itemId, usedIds, depthMax);
  if (around.isCycle || usedIds.includes(recipe.itemId)) throw errors.recipeCycle();
  if (around.above + 1 + around.below > depthMax) throw errors.recipeTooDeep(depthMax);
}

function requireItem(
  items: ReadonlyMap<string, LineItem>,
  id: string,
  pointer: string,
  isNew: boolean,
): void {
  const item = items.get(id);
  if (item === undefined || (isNew && item.archived)) throw errors.itemUnknown(pointer);
}

function requireFit(quantity: Ratio, pointer: string): void {
  const micros = toMicros(quantity);
  if (micros === 0n) throw errors.outputTooSmall(pointer);
  if (micros > MICROS_MAX) throw errors.outputTooLarge(pointer);
}

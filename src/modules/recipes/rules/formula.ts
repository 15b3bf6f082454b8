import { factorBetween, type LineItem } from "#modules/catalog/index.ts";
import { invariant } from "#platform/errors.ts";
import * as errors from "../errors.ts";
import {
  areEqual,
  minus,
  NOTHING,
  over,
  type Ratio,
  ratioOf,
  sumOf,
  times,
  WHOLE,
} from "./ratio.ts";

/** One ingredient as the baker wrote it: a quantity, or a percentage of the flour. */
export interface WrittenIngredient {
  readonly itemId: string;
  readonly quantity: string | null;
  readonly unit: string | null;
  readonly bakersPercent: string | null;
  readonly isFlour: boolean;
}

/** One version of a recipe as it was written; it never changes. */
export interface WrittenRecipe {
  readonly recipeId: string;
  readonly version: number;
  readonly itemId: string;
  readonly yieldQuantity: string;
  readonly yieldUnit: string;
  readonly bakeLoss: string;
  readonly handlingLoss: string;
  readonly labourMinutes: string;
  readonly overhead: string;
  readonly ingredients: readonly WrittenIngredient[];
}

interface FormulaLine {
  readonly itemId: string;
  /** What the sheet says for one yield, in `unit`. */
  readonly written: Ratio;
  readonly unit: string;
  /** The same in the item's stock unit. */
  readonly quantity: Ratio;
  readonly bakersPercent: string | null;
}

/** A recipe in exact numbers of stock units, for one yield. */
export interface Formula {
  readonly recipeId: string;
  readonly version: number;
  readonly itemId: string;
  readonly yield: Ratio;
  /** Grams of dough that one yield needs; null for a recipe without percentages. */
  readonly dough: Ratio | null;
  readonly lines: readonly FormulaLine[];
  readonly labourMinutes: Ratio;
  readonly overhead: Ratio;
}

/**
 * Puts a recipe into stock units. A recipe by percentages makes its masses from the yield: dough =
 * mass of the yield ÷ ((1 − bake loss)(1 − handling loss)), and each percentage's part of it
 * (domain rules 7). Ingredients by quantity come on top: fillings, toppings, packaging. Throws 422
 * where a unit leads nowhere, for instance pieces without a piece weight. `at` puts a pointer into
 * the input.
 */
export function resolveFormula(
  recipe: WrittenRecipe,
  items: ReadonlyMap<string, LineItem>,
  at: (pointer: string) => string = () => "",
): Formula {
  const made = itemOf(items, recipe.itemId);
  const yieldRatio = ratioOf(recipe.yieldQuantity);
  const dough = doughOf(recipe, made, at);
  const percents = sumOf(recipe.ingredients.map((line) => ratioOf(line.bakersPercent ?? "0")));
  const lines = recipe.ingredients.map((line, index): FormulaLine => {
    const item = itemOf(items, line.itemId);
    const pointer = `/ingredients/${index}`;
    const { bakersPercent } = line;
    const isByPercent = bakersPercent !== null;
    const unit = isByPercent ? "g" : (line.unit ?? item.unit);
    const written = isByPercent
      ? times(dough ?? NOTHING, over(ratioOf(bakersPercent), percents))
      : ratioOf(line.quantity ?? "0");
    const factor = factorBetween(
      unit,
      item,
      at(isByPercent ? `${pointer}/itemId` : `${pointer}/unit`),
    );
    return { itemId: item.id, written, unit, quantity: times(written, factor), bakersPercent };
  });
  return {
    recipeId: recipe.recipeId,
    version: recipe.version,
    itemId: recipe.itemId,
    yield: times(yieldRatio, factorBetween(recipe.yieldUnit, made, at("/yield/unit"))),
    dough,
    lines,
    labourMinutes: ratioOf(recipe.labourMinutes),
    overhead: ratioOf(recipe.overhead),
  };
}

function doughOf(
  recipe: WrittenRecipe,
  made: LineItem,
  at: (pointer: string) => string,
): Ratio | null {
  if (recipe.ingredients.every((line) => line.bakersPercent === null)) return null;
  const mass = times(ratioOf(recipe.yieldQuantity), gramsOf(recipe.yieldUnit, made, at));
  const kept = times(left(recipe.bakeLoss), left(recipe.handlingLoss));
  return over(mass, kept);
}

function gramsOf(unit: string, made: LineItem, at: (pointer: string) => string): Ratio {
  try {
    return factorBetween(unit, { ...made, unit: "g" });
  } catch (error) {
    throw errors.yieldHasNoWeight(at("/yield/unit"), error);
  }
}

function left(loss: string): Ratio {
  return minus(WHOLE, ratioOf(loss));
}

function itemOf(items: ReadonlyMap<string, LineItem>, id: string): LineItem {
  const item = items.get(id);
  invariant(item, "every item of a recipe was read with it");
  return item;
}

const hundred = ratioOf("100");

/** True if the flours add up to 100 %, as baker's percentages are written; without any, too. */
export function isFlourWhole(ingredients: readonly WrittenIngredient[]): boolean {
  const byPercent = ingredients.filter((line) => line.bakersPercent !== null);
  if (byPercent.length === 0) return true;
  const flours = byPercent.filter((line) => line.isFlour);
  return areEqual(sumOf(flours.map((line) => ratioOf(line.bakersPercent ?? "0"))), hundred);
}

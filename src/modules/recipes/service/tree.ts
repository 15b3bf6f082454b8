import { findItemsForLines, type LineItem } from "#modules/catalog/index.ts";
import type { Db } from "#platform/db.ts";
import { listTreeOfItems, listTreeOfRecipe, type TreeRow } from "../queries/tree.ts";
import { type Formula, resolveFormula } from "../rules/formula.ts";
import type { Stocking } from "../rules/plan.ts";

/** A recipe with all that can be made below it, in stock units of this moment. */
export interface RecipeTree {
  readonly root: Formula;
  readonly isArchived: boolean;
  /** By the item it makes; without the root. */
  readonly formulas: ReadonlyMap<string, Formula>;
  /** Every item in it, the root's own included. */
  readonly items: ReadonlyMap<string, LineItem>;
}

/**
 * Step: a version of a recipe (its latest by default) and the recipes in use below it, in two
 * reads. Undefined if there is none. `others` are items to read along. Throws 422 for units that
 * have become unknown since it was written.
 */
export async function readRecipeTree(
  db: Db,
  { recipeId, version }: { readonly recipeId: string; readonly version?: number | undefined },
  others: readonly string[] = [],
): Promise<RecipeTree | undefined> {
  const rows = await listTreeOfRecipe(db, recipeId, version);
  const rootRow = rows.find((row) => row.isRoot);
  if (rootRow === undefined) return undefined;
  const items = await readItems(db, rows, others);
  const below = rows.filter((row) => !row.isRoot);
  return {
    root: resolveFormula(rootRow, items),
    isArchived: rootRow.isArchived,
    formulas: formulasOf(below, items),
    items,
  };
}

export interface RecipeForest {
  readonly formulas: ReadonlyMap<string, Formula>;
  readonly items: ReadonlyMap<string, LineItem>;
}

/** Step: the recipes in use of items and all recipes below them, by the item they make. */
export async function readRecipeForest(db: Db, itemIds: readonly string[]): Promise<RecipeForest> {
  const rows = await listTreeOfItems(db, itemIds);
  const items = await readItems(db, rows, itemIds);
  return { formulas: formulasOf(rows, items), items };
}

function readItems(
  db: Db,
  rows: readonly TreeRow[],
  others: readonly string[],
): Promise<Map<string, LineItem>> {
  const ids = rows.flatMap((row) => [row.itemId, ...row.ingredients.map((line) => line.itemId)]);
  return findItemsForLines(db, [...new Set([...ids, ...others])]);
}

function formulasOf(
  rows: readonly TreeRow[],
  items: ReadonlyMap<string, LineItem>,
): Map<string, Formula> {
  return new Map(rows.map((row) => [row.itemId, resolveFormula(row, items)]));
}

/** How the items of a tree are kept. */
export function stockingIn(items: ReadonlyMap<string, LineItem>): (itemId: string) => Stocking {
  return (itemId) => items.get(itemId)?.stocking ?? "stocked";
}

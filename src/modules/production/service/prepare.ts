import { type LineItem, lockUnit } from "#modules/catalog/index.ts";
import {
  type Micros,
  microsOf,
  type RecipeTree,
  readRecipeTree,
  recipeUnknown,
  versionUnknown,
} from "#modules/recipes/index.ts";
import type { Tx } from "#platform/db.ts";
import { decimal, decimalText } from "#platform/decimal.ts";
import * as errors from "../errors.ts";
import type { NewRun } from "../model.ts";

/** A run as it is asked for, with its recipe frozen and its input checked. */
export interface PreparedRun {
  readonly input: NewRun;
  readonly tree: RecipeTree;
  readonly made: LineItem;
  readonly planned: Micros;
  /** What the baker says was used, by item. */
  readonly replaced: ReadonlyMap<string, Micros>;
  /** Where in the input a shortage of an item is to be shown. */
  readonly pointerOf: (itemId: string) => string;
}

/** Reads the recipe and checks what does not need a lock; fixes the units of what is made first. */
export async function prepareRun(tx: Tx, input: NewRun): Promise<PreparedRun> {
  const tree = await readTree(tx, input);
  const made = tree.items.get(tree.root.itemId);
  if (made === undefined || made.archived || made.stocking !== "stocked") {
    throw errors.outputNotStocked();
  }
  const pointers = new Map<string, string>();
  const replaced = new Map<string, Micros>();
  input.consumed?.forEach(({ itemId, quantity }, index) => {
    const item = tree.items.get(itemId);
    const pointer = `/consumed/${index}`;
    if (item === undefined || item.stocking === "made_to_order") {
      throw errors.itemNotStocked(`${pointer}/itemId`);
    }
    if (replaced.has(itemId)) throw errors.itemTwice(`${pointer}/itemId`);
    replaced.set(itemId, microsOf(decimalText(decimal(quantity))));
    pointers.set(itemId, `${pointer}/quantity`);
  });
  checkByProducts(input, tree);
  return {
    input,
    tree,
    made,
    planned: microsOf(decimalText(decimal(input.plannedOutput))),
    replaced,
    pointerOf: (itemId) => pointers.get(itemId) ?? "/plannedOutput",
  };
}

async function readTree(tx: Tx, input: NewRun): Promise<RecipeTree> {
  const { recipeId, version, consumed = [], byProducts = [] } = input;
  const others = [...consumed, ...byProducts].map((line) => line.itemId);
  const tree = await readRecipeTree(tx, { recipeId, version }, others);
  if (tree === undefined) {
    const latest = version === undefined ? undefined : await readRecipeTree(tx, { recipeId });
    throw latest === undefined ? recipeUnknown() : versionUnknown();
  }
  if (tree.isArchived) throw recipeUnknown();
  const madeIds = [tree.root.itemId, ...byProducts.map((line) => line.itemId)];
  const isNew = madeIds.some((itemId) => tree.items.get(itemId)?.unitLocked === false);
  if (!isNew) return tree;
  // The unit may have changed until it was fixed, so what was read in it is read again.
  await lockUnit(tx, madeIds);
  return (await readRecipeTree(tx, { recipeId, version }, others)) ?? tree;
}

function checkByProducts({ byProducts = [] }: NewRun, tree: RecipeTree): void {
  const seen = new Set<string>();
  byProducts.forEach(({ itemId }, index) => {
    const pointer = `/byProducts/${index}/itemId`;
    const item = tree.items.get(itemId);
    if (item === undefined || item.archived || item.stocking !== "stocked") {
      throw errors.itemNotStocked(pointer);
    }
    if (itemId === tree.root.itemId) throw errors.byProductIsOutput(pointer);
    if (seen.has(itemId)) throw errors.itemTwice(pointer);
    seen.add(itemId);
  });
}

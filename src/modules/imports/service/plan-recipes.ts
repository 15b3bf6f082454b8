import type { NewRecipe } from "#modules/recipes/index.ts";
import { decimalText } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import type { ImportedRecord } from "../model.ts";
import { findRecords, type RecordRow } from "../queries.ts";
import { nameKey } from "../rules/findings.ts";
import type { RecipeRow } from "../rules/recipe-rows.ts";
import type { Planned, Planning } from "./plan.ts";
import { noteChange, type PlannedItem } from "./plan-items.ts";

export interface PlannedRecipe extends NewRecipe {
  readonly id: string;
  readonly pointer: string;
}

/** Recipes of products: a batch yields `batch_size` pieces. A recipe that is here stays. */
export async function planRecipes(
  planning: Planning,
  items: ReadonlyMap<string, PlannedItem>,
): Promise<Planned<PlannedRecipe>> {
  const { db, siteId, file } = planning;
  const keys = file.recipes.map((row) => nameKey(row.product));
  const known = await findRecords(db, { siteId, kind: "recipe", keys });
  const news: PlannedRecipe[] = [];
  const records: ImportedRecord[] = [];
  const made: RecordRow[] = [];
  const tally = { created: 0, matched: 0, unchanged: 0, skipped: file.skipped.recipe };
  for (const row of file.recipes) {
    const key = nameKey(row.product);
    const recipe = toRecipe(planning, row, items);
    if (recipe === undefined) {
      tally.skipped += 1;
      continue;
    }
    const record = known.get(key);
    const existing = record?.recordId ?? items.get(key)?.recipeId;
    const outcome = record ? "unchanged" : existing ? "matched" : "created";
    const said = sayRecipe(row);
    const id = existing ?? recipe.id;
    tally[outcome] += 1;
    records.push({ pointer: row.pointer, kind: "recipe", name: row.product, outcome, id });
    if (outcome === "created") news.push(recipe);
    if (outcome === "matched") noteKept(planning, row);
    if (record) noteChange(planning, row.pointer, record.said, said);
    else made.push({ kind: "recipe", key, recordId: id, said });
  }
  return { news, records, made, tally };
}

function noteKept({ file }: Planning, { pointer }: RecipeRow): void {
  file.findings.notice(pointer, "recipe_kept", "The product has a recipe here: that one stays.");
}

function sayRecipe({ batchSize, ingredients }: RecipeRow): string {
  const parts = ingredients.map(({ material, quantity }) => [material, decimalText(quantity)]);
  return JSON.stringify([decimalText(batchSize), ...parts.sort()]);
}

function toRecipe(
  { file }: Planning,
  { pointer, product, batchSize, ingredients }: RecipeRow,
  items: ReadonlyMap<string, PlannedItem>,
): PlannedRecipe | undefined {
  const item = items.get(nameKey(product));
  // The product's own problem has been reported.
  if (item === undefined) return undefined;
  const taken = ingredients.flatMap(({ material, quantity }) => {
    const ingredient = items.get(material);
    if (ingredient === undefined) return [];
    const { id: itemId, unit, unitsPerFileUnit } = ingredient;
    return [{ itemId, quantity: decimalText(quantity.times(String(unitsPerFileUnit))), unit }];
  });
  if (taken.length < ingredients.length) {
    const text = "A material of it was left out: the recipe is left out.";
    return file.findings.problem(`${pointer}/ingredients`, "material_unknown", text);
  }
  const yielded = { quantity: decimalText(batchSize), unit: "piece" };
  return { id: newId(), pointer, itemId: item.id, yield: yielded, ingredients: taken };
}

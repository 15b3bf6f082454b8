import type { Decimal } from "#platform/decimal.ts";
import {
  at,
  entriesOf,
  type Fields,
  type Findings,
  isFields,
  isTwin,
  nameKey,
  noteUnknown,
  readName,
  readPositive,
} from "./findings.ts";

export interface IngredientRow {
  readonly pointer: string;
  readonly material: string;
  readonly quantity: Decimal;
}

export interface RecipeRow {
  readonly pointer: string;
  /** The product it makes; one that is in no other section is a product without stock or price. */
  readonly product: string;
  readonly batchSize: Decimal;
  readonly ingredients: readonly IngredientRow[];
}

export interface KnownNames {
  readonly materials: ReadonlyMap<string, unknown>;
  readonly products: ReadonlyMap<string, unknown>;
}

/** Reads recipes; one with any ingredient that cannot be taken is left out as a whole. */
export function readRecipes(findings: Findings, content: Fields, known: KnownNames) {
  const rows = new Map<string, RecipeRow>();
  let skipped = 0;
  for (const [name, fields] of entriesOf(findings, content, "recipes")) {
    const pointer = at("/recipes", name);
    const recipe = readRecipe(findings, pointer, fields, known);
    const product = readProductName(findings, pointer, name, known);
    if (recipe === undefined || product === undefined || isTwin(findings, pointer, rows, name)) {
      skipped += 1;
    } else rows.set(nameKey(name), { ...recipe, product });
  }
  return { rows: [...rows.values()], skipped };
}

function readProductName(
  findings: Findings,
  pointer: string,
  name: string,
  { materials }: KnownNames,
): string | undefined {
  if (!materials.has(nameKey(name))) return readName(findings, pointer, name);
  return findings.problem(
    pointer,
    "name_twice",
    "A material has this name; the recipe is left out.",
  );
}

function readRecipe(
  findings: Findings,
  pointer: string,
  fields: unknown,
  { materials }: KnownNames,
): Omit<RecipeRow, "product"> | undefined {
  if (!isFields(fields)) {
    return findings.problem(pointer, "not_an_object", "This recipe is not an object; left out.");
  }
  noteUnknown(findings, pointer, fields, ["ingredients", "batch_size"]);
  const batchSize = readPositive(findings, at(pointer, "batch_size"), fields["batch_size"]);
  const given = readIngredients(findings, at(pointer, "ingredients"), fields["ingredients"]);
  const ingredients = given.flatMap((row) => row ?? []);
  let isWhole = given.length > 0 && ingredients.length === given.length;
  for (const { pointer: place, material } of ingredients) {
    if (materials.has(material)) continue;
    const text = "There is no such material to take: the recipe is left out.";
    findings.problem(place, "material_unknown", text);
    isWhole = false;
  }
  const names = new Set(ingredients.map((row) => row.material));
  if (names.size < ingredients.length) {
    findings.problem(at(pointer, "ingredients"), "name_twice", "A material is named twice.");
    isWhole = false;
  }
  return isWhole && batchSize !== undefined ? { pointer, batchSize, ingredients } : undefined;
}

/** A list of `{ material, quantity }`, or an object of quantities by material. */
function readIngredients(
  findings: Findings,
  pointer: string,
  given: unknown,
): (IngredientRow | undefined)[] {
  const rows = Array.isArray(given)
    ? given.map((fields, index) => readListed(findings, at(pointer, index), fields))
    : isFields(given)
      ? Object.entries(given).map(([name, quantity]) =>
          readIngredient(findings, at(pointer, name), { name, quantity, place: at(pointer, name) }),
        )
      : [];
  if (rows.length > 0) return rows;
  findings.problem(pointer, "ingredients", "There are no ingredients: the recipe is left out.");
  return [];
}

function readListed(
  findings: Findings,
  pointer: string,
  fields: unknown,
): IngredientRow | undefined {
  if (!isFields(fields)) {
    return findings.problem(pointer, "not_an_object", "This ingredient is not an object.");
  }
  noteUnknown(findings, pointer, fields, ["material", "quantity"]);
  const place = at(pointer, "quantity");
  const { material: name, quantity } = fields;
  return readIngredient(findings, at(pointer, "material"), { name, quantity, place });
}

function readIngredient(
  findings: Findings,
  pointer: string,
  given: { readonly name: unknown; readonly quantity: unknown; readonly place: string },
): IngredientRow | undefined {
  const name = readName(findings, pointer, given.name);
  const quantity = readPositive(findings, given.place, given.quantity);
  if (name === undefined || quantity === undefined) return undefined;
  return { pointer, material: nameKey(name), quantity };
}

import { authorise, visible } from "#modules/access/index.ts";
import { type AllergenName, type Allergens, joinAllergens } from "#modules/catalog/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import * as errors from "../errors.ts";
import type { RecipeAllergens } from "../model/preview.ts";
import { Recipe, RecipePage, RecipeVersion, RecipeVersionPage } from "../model/recipe.ts";
import * as queries from "../queries/recipes.ts";
import { findDeclaredAllergens } from "../queries/tree.ts";
import type { Formula } from "../rules/formula.ts";
import { type RecipeTree, readRecipeTree } from "./tree.ts";

/** A recipe in its latest version. Throws `recipes.not_found`. */
export async function getRecipe(ctx: Ctx, id: string): Promise<Recipe> {
  authorise(ctx, "recipes.read");
  return visible(ctx, Recipe, await requireRecipe(ctx.app.db, id));
}

async function requireRecipe(db: Db, id: string): Promise<Recipe> {
  const recipe = await queries.findRecipe(db, id);
  if (recipe === undefined) throw errors.recipeNotFound();
  return recipe;
}

export async function listRecipes(ctx: Ctx, query: queries.RecipeFilter): Promise<RecipePage> {
  authorise(ctx, "recipes.read");
  return visible(ctx, RecipePage, await queries.listRecipes(ctx.app.db, query));
}

/** Newest first. Throws `recipes.not_found`. */
export async function listRecipeVersions(
  ctx: Ctx,
  query: queries.VersionFilter,
): Promise<RecipeVersionPage> {
  authorise(ctx, "recipes.read");
  await requireRecipe(ctx.app.db, query.recipeId);
  return visible(ctx, RecipeVersionPage, await queries.listVersions(ctx.app.db, query));
}

export interface VersionOf {
  readonly recipeId: string;
  readonly version?: number | undefined;
}

export async function getRecipeVersion(
  ctx: Ctx,
  { recipeId, version }: Required<VersionOf> & { readonly version: number },
): Promise<RecipeVersion> {
  authorise(ctx, "recipes.read");
  const found = await queries.findVersion(ctx.app.db, recipeId, version);
  if (found === undefined) throw errors.versionNotFound();
  return visible(ctx, RecipeVersion, found);
}

/**
 * Step: the tree of a recipe somebody asks about. Throws `recipes.not_found` and
 * `recipes.version_not_found`.
 */
export async function treeFor(ctx: Ctx, question: VersionOf): Promise<RecipeTree> {
  const tree = await readRecipeTree(ctx.app.db, question);
  if (tree !== undefined) return tree;
  await requireRecipe(ctx.app.db, question.recipeId);
  throw errors.versionNotFound();
}

/**
 * The allergens of what a recipe makes: the join of its inputs (domain rules 9). An input that has
 * a recipe is the join of that, and of what its item says beyond it: the more cautious of the two.
 */
export async function getRecipeAllergens(ctx: Ctx, question: VersionOf): Promise<RecipeAllergens> {
  authorise(ctx, "recipes.read");
  const tree = await treeFor(ctx, question);
  const declared = await findDeclaredAllergens(ctx.app.db, [...tree.items.keys()]);
  return {
    recipeId: tree.root.recipeId,
    recipeVersion: tree.root.version,
    itemId: tree.root.itemId,
    allergens: allergensOf(tree.root, tree, declared),
    shelfLifeDays: tree.items.get(tree.root.itemId)?.shelfLifeDays ?? null,
  };
}

function allergensOf(
  formula: Formula,
  tree: RecipeTree,
  declared: ReadonlyMap<string, Allergens>,
  known = new Map<string, Allergens>(),
): Allergens {
  const inputs = formula.lines.map(({ itemId }) => {
    const own = declared.get(itemId) ?? {};
    const below = tree.formulas.get(itemId);
    if (below === undefined) return own;
    const made = known.get(itemId) ?? allergensOf(below, tree, declared, known);
    known.set(itemId, made);
    return cautious(own, made);
  });
  return joinAllergens(inputs);
}

/** Where the item says nothing, its recipe does; where it does, the worse of the two holds. */
function cautious(own: Allergens, made: Allergens): Allergens {
  const joined = joinAllergens([own, made]);
  const unsaid = Object.entries(made).filter(([name]) => own[name as AllergenName] === undefined);
  return { ...joined, ...Object.fromEntries(unsaid) } as Allergens;
}

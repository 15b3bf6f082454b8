import { type Db, statement, type Tx } from "#platform/db.ts";
import { cursorKeys, idKey, numberKey, type PageQuery, pageById, pageOf } from "#platform/page.ts";
import type {
  Recipe,
  RecipePage,
  RecipeVersion,
  RecipeVersionPage,
  WholeRecipe,
} from "../model/recipe.ts";
import type { WrittenRecipe } from "../rules/formula.ts";

/** What a query must find to change a recipe. */
export interface Seen {
  readonly id: string;
  readonly version: number;
}

const formulaColumns = `
  jsonb_build_object('quantity', trim_scale(v.yield_quantity)::text, 'unit', v.yield_unit) as yield,
  (select jsonb_agg(jsonb_build_object('itemId', i.item_id,
       'quantity', trim_scale(i.quantity)::text, 'unit', i.unit,
       'bakersPercent', trim_scale(i.bakers_percent)::text, 'flour',
         i.is_flour) order by i.position)
     from recipes.ingredients i
     where i.recipe_id = v.recipe_id and i.version = v.version) as ingredients,
  trim_scale(v.bake_loss)::text as "bakeLoss", trim_scale(v.handling_loss)::text as "handlingLoss",
  trim_scale(v.labour_minutes)::text as "labourMinutes", trim_scale(v.overhead)::text as overhead,
  v.recorded_at as "recordedAt"`;
const recipeColumns = `r.id, r.item_id as "itemId", r.latest as "recipeVersion", ${formulaColumns},
  r.archived_at is not null as archived, r.version`;
const latestOf = `from recipes.recipes r
  join recipes.versions v on v.recipe_id = r.id and v.version = r.latest`;

const selectOne = statement("recipes_find", `select ${recipeColumns} ${latestOf} where r.id = $1`);

export async function findRecipe(db: Db, id: string): Promise<WholeRecipe | undefined> {
  const [row] = await db.run<WholeRecipe>(selectOne, [id]);
  return row;
}

const selectPage = statement(
  "recipes_list",
  `select ${recipeColumns} ${latestOf}
   where r.id > $1 and (r.archived_at is not null) = $2 and ($3::uuid is null or r.item_id = $3)
   order by r.id limit $4`,
);

export interface RecipeFilter extends PageQuery {
  readonly archived?: boolean | undefined;
  readonly itemId?: string | undefined;
}

const firstId = "00000000-0000-0000-0000-000000000000";

export async function listRecipes(db: Db, query: RecipeFilter): Promise<RecipePage> {
  const [after = firstId] = cursorKeys(query, idKey) ?? [];
  const values = [after, query.archived ?? false, query.itemId ?? null, query.limit + 1];
  const rows = await db.run<Recipe>(selectPage, values);
  return pageById(rows, query);
}

const selectVersions = statement(
  "recipes_versions",
  `select r.id as "recipeId", r.item_id as "itemId", v.version as "recipeVersion", ${formulaColumns}
   from recipes.recipes r join recipes.versions v on v.recipe_id = r.id
   where r.id = $1 and v.version < $2 and ($3::integer is null or v.version = $3)
   order by v.version desc limit $4`,
);

export interface VersionFilter extends PageQuery {
  readonly recipeId: string;
}

const lastVersion = 2_147_483_647;

export async function listVersions(db: Db, query: VersionFilter): Promise<RecipeVersionPage> {
  const [key] = cursorKeys(query, numberKey) ?? [];
  const before = key === undefined ? lastVersion : Math.min(Number(key), lastVersion);
  const values = [query.recipeId, before, null, query.limit + 1];
  const rows = await db.run<RecipeVersion>(selectVersions, values);
  return pageOf(
    rows,
    query,
    (row) => [String(row.recipeVersion)],
    (row) => row,
  );
}

export async function findVersion(
  db: Db,
  recipeId: string,
  version: number,
): Promise<RecipeVersion | undefined> {
  const [row] = await db.run<RecipeVersion>(selectVersions, [recipeId, lastVersion, version, 1]);
  return row;
}

// Two saves that each are fine could make a cycle together, so saves wait for each other. The lock
// is a statement of its own: what is read after it must see what the one before has saved.
const lockSaves = statement(
  "recipes_lock_saves",
  "select pg_advisory_xact_lock(hashtextextended('recipes.save', 0))",
);

export async function lockRecipeSaves(tx: Tx): Promise<void> {
  await tx.run(lockSaves);
}

const insert = statement(
  "recipes_insert",
  `insert into recipes.recipes (id, item_id, latest, version) values ($1, $2, 1, 1)
   on conflict do nothing returning id`,
);

/** False if the id is taken or the item has a recipe in use; the transaction can go on. */
export async function insertRecipe(tx: Tx, recipe: WrittenRecipe): Promise<boolean> {
  return (await tx.run(insert, [recipe.recipeId, recipe.itemId])).length > 0;
}

const insertWritten = statement(
  "recipes_insert_version",
  `with line as (
     insert into recipes.ingredients (recipe_id, version, position, item_id, quantity, unit,
       bakers_percent, is_flour)
     select $1, $2, n, item_id, quantity, unit, bakers_percent, is_flour
     from unnest($10::uuid[], $11::numeric[], $12::text[], $13::numeric[], $14::boolean[])
       with ordinality as u (item_id, quantity, unit, bakers_percent, is_flour, n)
   )
   insert into recipes.versions (recipe_id, version, yield_quantity, yield_unit, bake_loss,
     handling_loss, labour_minutes, overhead, actor)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

export async function insertVersion(tx: Tx, recipe: WrittenRecipe, actor: string): Promise<void> {
  const { ingredients } = recipe;
  await tx.run(insertWritten, [
    recipe.recipeId,
    recipe.version,
    recipe.yieldQuantity,
    recipe.yieldUnit,
    recipe.bakeLoss,
    recipe.handlingLoss,
    recipe.labourMinutes,
    recipe.overhead,
    actor,
    ingredients.map((line) => line.itemId),
    ingredients.map((line) => line.quantity),
    ingredients.map((line) => line.unit),
    ingredients.map((line) => line.bakersPercent),
    ingredients.map((line) => line.isFlour),
  ]);
}

const advance = statement(
  "recipes_advance",
  `update recipes.recipes set latest = latest + 1, version = version + 1
   where id = $1 and version = $2 and archived_at is null returning id`,
);

/**
 * Makes room for the next version; false if the recipe is not there, archived, or no longer as
 * seen.
 */
export async function advanceRecipe(tx: Tx, seen: Seen): Promise<boolean> {
  return (await tx.run(advance, [seen.id, seen.version])).length > 0;
}

const archive = statement(
  "recipes_archive",
  `update recipes.recipes set archived_at = clock_timestamp(), version = version + 1
   where id = $1 and version = $2 and archived_at is null returning id`,
);

export async function archiveRecipe(tx: Tx, seen: Seen): Promise<boolean> {
  return (await tx.run(archive, [seen.id, seen.version])).length > 0;
}

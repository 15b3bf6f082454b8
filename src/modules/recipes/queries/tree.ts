import type { Allergens } from "#modules/catalog/index.ts";
import { type Db, statement, type Tx } from "#platform/db.ts";
import type { WrittenIngredient, WrittenRecipe } from "../rules/formula.ts";

export interface TreeRow extends WrittenRecipe {
  readonly isRoot: boolean;
  readonly isArchived: boolean;
}

interface StoredTreeRow extends Omit<TreeRow, "ingredients"> {
  readonly ingredients: readonly WrittenIngredient[] | null;
}

// From a recipe's version down through the recipes in use of what it is made of. `union` drops what
// was reached before, so the walk ends whatever is stored.
const treeOf = (name: string, roots: string) =>
  statement(
    name,
    `with recursive reached as (
       ${roots}
       union
       select s.id, s.latest, s.item_id, false, false
       from reached p
       join recipes.ingredients i on i.recipe_id = p.id and i.version = p.version
       join recipes.recipes s on s.item_id = i.item_id and s.archived_at is null
     )
     select t.id as "recipeId", t.version, t.item_id as "itemId", t.is_root as "isRoot",
       t.is_archived as "isArchived", v.yield_quantity as "yieldQuantity",
       v.yield_unit as "yieldUnit", v.bake_loss as "bakeLoss", v.handling_loss as "handlingLoss",
       v.labour_minutes as "labourMinutes", v.overhead,
       (select jsonb_agg(jsonb_build_object('itemId', i.item_id, 'quantity', i.quantity::text,
            'unit', i.unit, 'bakersPercent', i.bakers_percent::text, 'isFlour', i.is_flour)
            order by i.position)
        from recipes.ingredients i
        where i.recipe_id = t.id and i.version = t.version) as ingredients
     from reached t join recipes.versions v on v.recipe_id = t.id and v.version = t.version`,
  );

const ofRecipe = treeOf(
  "recipes_tree_of_recipe",
  `select r.id, coalesce($2::integer, r.latest) as version, r.item_id, true as is_root,
     r.archived_at is not null as is_archived
   from recipes.recipes r where r.id = $1`,
);

const ofItems = treeOf(
  "recipes_tree_of_items",
  `select r.id, r.latest as version, r.item_id, true as is_root, false as is_archived
   from recipes.recipes r where r.item_id = any($1::uuid[]) and r.archived_at is null`,
);

/** A version of a recipe and all recipes in use below it; nothing if there is no such version. */
export async function listTreeOfRecipe(
  db: Db,
  recipeId: string,
  version: number | undefined,
): Promise<TreeRow[]> {
  return (await db.run<StoredTreeRow>(ofRecipe, [recipeId, version ?? null])).map(toTreeRow);
}

/** The recipes in use of items and all below them. */
export async function listTreeOfItems(db: Db, itemIds: readonly string[]): Promise<TreeRow[]> {
  return (await db.run<StoredTreeRow>(ofItems, [itemIds])).map(toTreeRow);
}

function toTreeRow(row: StoredTreeRow): TreeRow {
  return { ...row, ingredients: row.ingredients ?? [] };
}

// Each way on is walked once a depth, and depth is bounded: the walk is, too.
const surroundings = statement(
  "recipes_surroundings",
  `with recursive edge as (
     select r.item_id as made, i.item_id as used
     from recipes.recipes r
     join recipes.ingredients i on i.recipe_id = r.id and i.version = r.latest
     where r.archived_at is null and r.item_id <> $1
   ), below as (
     select u.item_id, 1 as depth from unnest($2::uuid[]) as u (item_id)
     union
     select e.used, b.depth + 1 from below b join edge e on e.made = b.item_id where b.depth <= $3
   ), above as (
     select $1::uuid as item_id, 0 as depth
     union
     select e.made, a.depth + 1 from above a join edge e on e.used = a.item_id where a.depth <= $3
   )
   select exists (select from below where item_id = $1) as "isCycle",
     (select max(depth) from below where item_id in (select made from edge)) as below,
     (select max(depth) from above) as above`,
);

export interface Surroundings {
  readonly isCycle: boolean;
  /** Recipes below the one to be saved, one under the other. */
  readonly below: number;
  /** Recipes above it. */
  readonly above: number;
}

/** What a recipe of an item would stand between; needs the lock of saves. */
export async function findSurroundings(
  tx: Tx,
  itemId: string,
  usedIds: readonly string[],
  depthMax: number,
): Promise<Surroundings> {
  const [row] = await tx.run<{ isCycle: boolean; below: number | null; above: number }>(
    surroundings,
    [itemId, usedIds, depthMax],
  );
  return { isCycle: row?.isCycle ?? false, below: row?.below ?? 0, above: row?.above ?? 0 };
}

const allergens = statement(
  "recipes_allergens",
  `select id, coalesce(allergens, '{}') as allergens from catalog.items where id = any($1::uuid[])`,
);

/** What is written down of items themselves, without what they are made of. */
export async function findDeclaredAllergens(
  db: Db,
  itemIds: readonly string[],
): Promise<Map<string, Allergens>> {
  const rows = await db.run<{ id: string; allergens: Allergens }>(allergens, [itemIds]);
  return new Map(rows.map((row) => [row.id, row.allergens]));
}

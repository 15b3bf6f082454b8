import { type Db, statement, type Tx } from "#platform/db.ts";

export interface RunRow {
  readonly id: string;
  readonly siteId: string;
  readonly recipeId: string;
  readonly recipeVersion: number;
  readonly itemId: string;
  readonly plannedOutput: string;
  readonly actualOutput: string;
  readonly explodesShortage: boolean;
  readonly labourMinutes: string;
  readonly labourRate: string;
  readonly materialsValue: string;
  readonly labourValue: string;
  readonly overheadValue: string;
  readonly byProductsValue: string;
  readonly totalCost: string;
  readonly abnormalLoss: string;
  readonly lotId: string | null;
  readonly layerId: string | null;
  readonly effectiveAt: string;
  readonly businessDate: string;
  readonly actor: string;
}

export interface RunLineRow {
  readonly id: string;
  readonly itemId: string;
  readonly quantity: string;
  readonly plannedQuantity: string;
  readonly value: string;
  readonly movementId: string | null;
}

export interface ByProductRow {
  readonly itemId: string;
  readonly quantity: string;
  readonly value: string;
  readonly lotId: string;
  readonly layerId: string;
}

interface SubRecipeRow {
  readonly itemId: string;
  readonly quantity: string;
  readonly recipeId: string;
  readonly recipeVersion: number;
}

export interface RecordedRun {
  readonly run: RunRow;
  readonly lines: readonly RunLineRow[];
  readonly byProducts: readonly ByProductRow[];
  readonly subRecipes: readonly SubRecipeRow[];
}

// The whole document in one statement: foreign keys are checked when it ends.
const insert = statement(
  "production_insert_run",
  `with run as (
     insert into production.runs (id, site_id, recipe_id, recipe_version, item_id, planned_output,
       expected_output, actual_output, explodes_shortage, labour_minutes, labour_rate,
       materials_value, labour_value, overhead_value, by_products_value, total_cost, abnormal_loss,
       lot_id, layer_id, effective_at, business_date, actor)
     values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
       $19, $20, $21)
   ), state as (
     insert into production.run_states (run_id, status, version) values ($1, 'completed', 1)
   ), line as (
     insert into production.run_lines (id, run_id, position, item_id, quantity, planned_quantity,
       value, movement_id)
     select u.id, $1, n, item_id, quantity, planned_quantity, value, movement_id
     from unnest($22::uuid[], $23::uuid[], $24::numeric[], $25::numeric[], $26::numeric[],
       $27::uuid[]) with ordinality
       as u (id, item_id, quantity, planned_quantity, value, movement_id, n)
   ), beside as (
     insert into production.run_by_products (run_id, position, item_id, quantity, value, lot_id,
       layer_id)
     select $1, n, item_id, quantity, value, lot_id, layer_id
     from unnest($28::uuid[], $29::numeric[], $30::numeric[], $31::uuid[], $32::uuid[])
       with ordinality as u (item_id, quantity, value, lot_id, layer_id, n)
   )
   insert into production.run_sub_recipes (run_id, position, item_id, quantity, recipe_id,
     recipe_version)
   select $1, n, item_id, quantity, recipe_id, recipe_version
   from unnest($33::uuid[], $34::numeric[], $35::uuid[], $36::integer[])
     with ordinality as u (item_id, quantity, recipe_id, recipe_version, n)`,
);

export async function insertRun(tx: Tx, recorded: RecordedRun): Promise<void> {
  const { run, lines, byProducts, subRecipes } = recorded;
  await tx.run(insert, [
    run.id,
    run.siteId,
    run.recipeId,
    run.recipeVersion,
    run.itemId,
    run.plannedOutput,
    run.actualOutput,
    run.explodesShortage,
    run.labourMinutes,
    run.labourRate,
    run.materialsValue,
    run.labourValue,
    run.overheadValue,
    run.byProductsValue,
    run.totalCost,
    run.abnormalLoss,
    run.lotId,
    run.layerId,
    run.effectiveAt,
    run.businessDate,
    run.actor,
    lines.map((line) => line.id),
    lines.map((line) => line.itemId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.plannedQuantity),
    lines.map((line) => line.value),
    lines.map((line) => line.movementId),
    byProducts.map((line) => line.itemId),
    byProducts.map((line) => line.quantity),
    byProducts.map((line) => line.value),
    byProducts.map((line) => line.lotId),
    byProducts.map((line) => line.layerId),
    subRecipes.map((line) => line.itemId),
    subRecipes.map((line) => line.quantity),
    subRecipes.map((line) => line.recipeId),
    subRecipes.map((line) => line.recipeVersion),
  ]);
}

const lockState = statement(
  "production_lock_run",
  `select r.site_id as "siteId", r.effective_at as "effectiveAt", s.status
   from production.run_states s join production.runs r on r.id = s.run_id
   where s.run_id = $1 for update of s`,
);

export interface LockedRun {
  readonly siteId: string;
  readonly effectiveAt: string;
  readonly status: "completed" | "reversed";
}

const siteOf = statement(
  "production_site_of_run",
  `select site_id as "siteId" from production.runs where id = $1`,
);

export async function findSiteOfRun(db: Db, id: string): Promise<string | undefined> {
  const [row] = await db.run<{ siteId: string }>(siteOf, [id]);
  return row?.siteId;
}

/** Locks a run's state, so that it is reversed once. */
export async function lockRun(tx: Tx, id: string): Promise<LockedRun | undefined> {
  const [row] = await tx.run<LockedRun>(lockState, [id]);
  return row;
}

const reverse = statement(
  "production_reverse_run",
  `with reversal as (
     insert into production.reversals (run_id, reason, effective_at, actor) values ($1, $2, $3, $4)
   )
   update production.run_states set status = 'reversed', version = version + 1 where run_id = $1`,
);

export interface ReversalRow {
  readonly runId: string;
  readonly reason: string | null;
  readonly effectiveAt: string;
  readonly actor: string;
}

export async function insertReversal(tx: Tx, row: ReversalRow): Promise<void> {
  await tx.run(reverse, [row.runId, row.reason, row.effectiveAt, row.actor]);
}

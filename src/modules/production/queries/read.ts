import { type Db, statement } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { decimal, decimalText, divide, VALUE_PLACES, ZERO } from "#platform/decimal.ts";
import {
  cursorKeys,
  idKey,
  type Page,
  type PageQuery,
  pageOf,
  type SiteScope,
} from "#platform/page.ts";
import type { Whole } from "#platform/schema.ts";
import type { Run } from "../model.ts";

type StoredRun = Omit<Whole<Run>, "unitCost">;

const linesOf = `(select coalesce(json_agg(json_build_object('itemId', l.item_id,
      'plannedQuantity', trim_scale(l.planned_quantity)::text,
      'quantity', trim_scale(l.quantity)::text, 'value', trim_scale(l.value)::text,
      'lots', (
        select coalesce(json_agg(json_build_object('lotId', y.lot_id, 'layerId', y.id,
          'quantity', trim_scale(-a.quantity)::text, 'value', trim_scale(-a.value)::text)
          order by y.seq), '[]')
        from stock.allocations a join stock.layers y on y.id = a.layer_id
        where a.movement_id = l.movement_id)) order by l.position), '[]')
    from production.run_lines l where l.run_id = r.id)`;
const byProductsOf = `(select coalesce(json_agg(json_build_object('itemId', b.item_id,
      'quantity', trim_scale(b.quantity)::text, 'value', trim_scale(b.value)::text,
      'lotId', b.lot_id, 'layerId', b.layer_id) order by b.position), '[]')
    from production.run_by_products b where b.run_id = r.id)`;
const subRecipesOf = `(select coalesce(json_agg(json_build_object('itemId', u.item_id,
      'recipeId', u.recipe_id, 'recipeVersion', u.recipe_version,
      'quantity', trim_scale(u.quantity)::text) order by u.position), '[]')
    from production.run_sub_recipes u where u.run_id = r.id)`;

const columns = `r.id, r.site_id as "siteId", r.recipe_id as "recipeId",
  r.recipe_version as "recipeVersion", r.item_id as "itemId",
  trim_scale(r.planned_output)::text as "plannedOutput",
  trim_scale(r.expected_output)::text as "expectedOutput",
  trim_scale(r.actual_output)::text as "actualOutput",
  ${linesOf} as consumed, ${subRecipesOf} as "subRecipes", ${byProductsOf} as "byProducts",
  trim_scale(r.labour_minutes)::text as "labourMinutes",
  trim_scale(r.materials_value)::text as materials, trim_scale(r.labour_value)::text as labour,
  trim_scale(r.overhead_value)::text as overhead, trim_scale(r.total_cost)::text as "totalCost",
  trim_scale(r.abnormal_loss)::text as "abnormalLoss", r.lot_id as "lotId",
  r.layer_id as "layerId", o.expires_on as "expiresOn", r.effective_at as "effectiveAt",
  r.business_date as "businessDate", r.recorded_at as "recordedAt", s.status,
  v.recorded_at as "reversedAt", v.reason as "reversalReason", s.version`;
const tables = `production.runs r
  join production.run_states s on s.run_id = r.id
  left join production.reversals v on v.run_id = r.id
  left join stock.lots o on o.id = r.lot_id`;

const selectOne = statement("production_run", `select ${columns} from ${tables} where r.id = $1`);

export async function findRun(db: Db, id: string): Promise<Whole<Run> | undefined> {
  const [row] = await db.run<StoredRun>(selectOne, [id]);
  return row && toRun(row);
}

export interface RunFilter extends PageQuery, SiteScope {
  readonly recipeId?: string | undefined;
  readonly itemId?: string | undefined;
}

export async function listRuns(db: Db, query: RunFilter): Promise<Page<Whole<Run>>> {
  const where = new Where()
    .add("r.site_id = ?", query.siteId)
    .add("r.site_id = any(?)", query.siteIds)
    .add("r.recipe_id = ?", query.recipeId)
    .add("r.item_id = ?", query.itemId)
    .add("r.id < ?", cursorKeys(query, idKey)?.[0]);
  const text = `select ${columns} from ${tables} ${where.text}
    order by r.id desc limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<StoredRun>(db, "production_runs", text, where);
  return pageOf(rows, query, (row) => [row.id], toRun);
}

function toRun(row: StoredRun): Whole<Run> {
  const actual = decimal(row.actualOutput);
  const good = decimal(row.totalCost).minus(decimal(row.abnormalLoss));
  const unitCost = actual.eq(ZERO) ? null : decimalText(divide(good, actual, VALUE_PLACES));
  return { ...row, unitCost };
}

const movementsOf = statement(
  "production_movements_of_run",
  `select m.id, m.type, m.item_id as "itemId" from stock.movements m
   where m.source_id = $1 and m.type in ('consumption', 'output') order by m.seq`,
);

export interface RunMovement {
  readonly id: string;
  readonly type: "consumption" | "output";
  readonly itemId: string;
}

/** What a run took and gave, in the order of recording. */
export function listMovementsOfRun(db: Db, runId: string): Promise<RunMovement[]> {
  return db.run<RunMovement>(movementsOf, [runId]);
}

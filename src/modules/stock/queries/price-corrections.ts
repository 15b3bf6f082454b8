import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById, type SiteScope } from "#platform/page.ts";
import type {
  CorrectedLayerPage,
  CostAdjustmentPage,
  PriceCorrection,
  PriceCorrectionPage,
} from "../model/price-correction.ts";
import * as documents from "./documents.ts";

export interface CorrectableLine {
  readonly id: string;
  readonly siteId: string;
  readonly layerId: string;
  /** With the corrections so far. */
  readonly cost: string;
}

/** The cost of a receipt's line by now; `l` is the line. */
export const correctedCost = `trim_scale(l.total_cost + coalesce((
  select sum(p.total_cost - p.previous_cost) from stock.price_correction_lines p
  where p.receipt_line_id = l.id), 0))::text`;

const correctableLines = statement(
  "stock_correctable_lines",
  `select l.id, d.site_id as "siteId", l.layer_id as "layerId", ${correctedCost} as cost
   from stock.receipts d join stock.receipt_lines l on l.receipt_id = d.id
   where d.id = $1 order by l.position`,
);

/** The lines of a receipt; none if there is no such receipt. */
export function listCorrectableLines(db: Db, receiptId: string): Promise<CorrectableLine[]> {
  return db.run<CorrectableLine>(correctableLines, [receiptId]);
}

export interface PriceCorrectionRow extends documents.DocumentRow {
  readonly receiptId: string;
  readonly reason: string | null;
  /** Sums in millionths, signed: what stayed in stock, and each kind of cost. */
  readonly sums: readonly [
    stock: bigint,
    sale: bigint,
    waste: bigint,
    count: bigint,
    returned: bigint,
    loss: bigint,
  ];
}

export interface PriceCorrectionLineRow {
  readonly id: string;
  readonly receiptLineId: string;
  readonly previousCost: string;
  readonly totalCost: string;
}

const insert = statement(
  "stock_insert_price_correction",
  `with document as (
     insert into stock.price_corrections (id, site_id, effective_at, actor, receipt_id, reason,
       stock_value, sale_value, waste_value, count_value, return_value, loss_value)
     values ($5, $6, $7, $8, $9, $10, $11::numeric * 0.000001, $12::numeric * 0.000001,
       $13::numeric * 0.000001, $14::numeric * 0.000001, $15::numeric * 0.000001,
       $16::numeric * 0.000001)
   )
   insert into stock.price_correction_lines (id, correction_id, position, receipt_line_id,
     previous_cost, total_cost)
   select id, $5, n, receipt_line_id, previous_cost, total_cost
   from unnest($1::uuid[], $2::uuid[], $3::numeric[], $4::numeric[]) with ordinality
     as u (id, receipt_line_id, previous_cost, total_cost, n)`,
);

export async function insertPriceCorrection(
  tx: Tx,
  correction: PriceCorrectionRow,
  lines: readonly PriceCorrectionLineRow[],
): Promise<void> {
  await tx.run(insert, [
    lines.map((line) => line.id),
    lines.map((line) => line.receiptLineId),
    lines.map((line) => line.previousCost),
    lines.map((line) => line.totalCost),
    correction.id,
    correction.siteId,
    correction.effectiveAt,
    correction.actor,
    correction.receiptId,
    correction.reason,
    ...correction.sums.map(String),
  ]);
}

const linesOf = `(select json_agg(line) from (
  select p.receipt_line_id as "lineId", l.item_id as "itemId",
    trim_scale(p.previous_cost)::text as "previousCost",
    trim_scale(p.total_cost)::text as "totalCost"
  from stock.price_correction_lines p join stock.receipt_lines l on l.id = p.receipt_line_id
  where p.correction_id = d.id order by p.position) line) as lines`;
const sums = ["stock", "sale", "waste", "count", "return", "loss"]
  .map((kind) => `'${kind}', trim_scale(d.${kind}_value)::text`)
  .join(", ");

/** Newest first. */
export function listPriceCorrections(
  db: Db,
  query: documents.DocumentFilter,
): Promise<PriceCorrectionPage> {
  return documents.listDocuments<PriceCorrection>(
    db,
    {
      table: "price_corrections",
      columns: `d.receipt_id as "receiptId", d.reason,
        (select trim_scale(sum(p.total_cost - p.previous_cost))::text
          from stock.price_correction_lines p where p.correction_id = d.id) as difference,
        json_build_object(${sums}) as "wentTo", ${linesOf}`,
    },
    query,
  );
}

/** The layers that kept some of it, in the order of recording of their movements. */
export async function listCorrectedLayers(
  db: Db,
  correctionId: string,
  query: PageQuery & Pick<SiteScope, "siteIds">,
): Promise<CorrectedLayerPage> {
  const where = new Where()
    .add("m.source_id = ?", correctionId)
    .add("m.site_id = any(?)", query.siteIds)
    .add("m.id > ?", cursorKeys(query, idKey)?.[0]);
  const text = `select m.id, a.layer_id as "layerId", l.lot_id as "lotId", m.item_id as "itemId",
      m.site_id as "siteId", trim_scale(a.value)::text as value
    from stock.movements m
    join stock.allocations a on a.movement_id = m.id
    join stock.layers l on l.id = a.layer_id
    ${where.text} order by m.id limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList(db, "stock_corrected_layers", text, where), query);
}

export interface CostAdjustmentFilter extends PageQuery, Pick<SiteScope, "siteIds"> {
  readonly kind?: string | undefined;
}

/** What went to those who had taken it before, by id. */
export async function listCostAdjustments(
  db: Db,
  correctionId: string,
  query: CostAdjustmentFilter,
): Promise<CostAdjustmentPage> {
  const where = new Where()
    .add("c.correction_id = ?", correctionId)
    .add("c.site_id = any(?)", query.siteIds)
    .add("c.kind = ?", query.kind)
    .add("c.id > ?", cursorKeys(query, idKey)?.[0]);
  const text = `select c.id, c.kind, c.item_id as "itemId", c.site_id as "siteId",
      c.layer_id as "layerId", c.movement_id as "movementId", c.source_id as "sourceId",
      c.source_line_id as "sourceLineId", trim_scale(c.quantity)::text as quantity,
      trim_scale(c.value)::text as value
    from stock.cost_adjustments c
    ${where.text} order by c.id limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList(db, "stock_cost_adjustments", text, where), query);
}

import { type Db, statement, type Tx } from "#platform/db.ts";
import { pageOf } from "#platform/page.ts";
import type { Waste, WastePage } from "../model/waste.ts";
import * as documents from "./documents.ts";
import { runList, Where } from "./where.ts";

export interface WasteRow extends documents.DocumentRow {
  readonly reason: string;
}

export interface WasteLineRow extends documents.DocumentLine {
  readonly lotId: string | null;
}

const insert = statement(
  "stock_insert_waste",
  `with document as (
     insert into stock.wastes (id, site_id, effective_at, actor, reason)
     values ($9, $10, $11, $12, $13) returning recorded_at
   ), line as (
     insert into stock.waste_lines (waste_id, position, ${documents.lineColumns}, lot_id)
     select $9, n, ${documents.lineColumns}, lot_id
     from unnest(${documents.lineTypes}, $8::uuid[]) with ordinality
       as u (${documents.lineColumns}, lot_id, n)
   )
   select recorded_at as "recordedAt" from document`,
);

/** Answers when it was recorded. */
export async function insertWaste(
  tx: Tx,
  waste: WasteRow,
  lines: readonly WasteLineRow[],
): Promise<string> {
  const rows = await tx.run<{ recordedAt: string }>(insert, [
    ...documents.lineArrays(lines),
    lines.map((line) => line.lotId),
    waste.id,
    waste.siteId,
    waste.effectiveAt,
    waste.actor,
    waste.reason,
  ]);
  return rows[0]?.recordedAt ?? waste.effectiveAt;
}

export interface WasteFilter extends documents.DocumentFilter {
  readonly id?: string | undefined;
}

const linesOf = `(select json_agg(line) from (
  select ${documents.lineAnswerColumns}, l.lot_id as "lotId",
    trim_scale((select -sum(m.value) from stock.movements m
      where m.source_id = d.id and m.source_line_id = l.id and m.type = 'waste'))::text as value
  from stock.waste_lines l where l.waste_id = d.id order by l.position) line) as lines`;

/** Newest first. */
export async function listWastes(db: Db, query: WasteFilter): Promise<WastePage> {
  const where = new Where()
    .add("d.id = ?", query.id)
    .add("d.site_id = ?", query.siteId)
    .add("d.id < ?", documents.afterId(query));
  const text = `select ${documents.documentAnswerColumns}, d.reason, ${linesOf}
    from stock.wastes d ${where.text} order by d.id desc
    limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<Waste>(db, "stock_wastes", text, where);
  return pageOf(
    rows,
    query,
    (row) => [row.id],
    (row) => row,
  );
}

const unknownLots = statement(
  "stock_unknown_lots",
  `select u.n::int as n from unnest($1::uuid[], $2::uuid[]) with ordinality as u (lot_id, item_id, n)
   where u.lot_id is not null
     and not exists (select from stock.lots l where l.id = u.lot_id and l.item_id = u.item_id)
   order by u.n limit 1`,
);

/** The index of the first line that names a lot which is not of its item; undefined if none does. */
export async function findUnknownLot(
  db: Db,
  lines: readonly { readonly itemId: string; readonly lotId?: string | null | undefined }[],
): Promise<number | undefined> {
  if (lines.every((line) => line.lotId == null)) return undefined;
  const lotIds = lines.map((line) => line.lotId ?? null);
  const rows = await db.run<{ n: number }>(unknownLots, [lotIds, lines.map((line) => line.itemId)]);
  return rows[0] && rows[0].n - 1;
}

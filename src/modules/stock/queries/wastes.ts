import { type Db, statement, type Tx } from "#platform/db.ts";
import type { Waste, WastePage } from "../model/waste.ts";
import * as documents from "./documents.ts";
import { reversalColumns, reversalOf } from "./reversals.ts";

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

const linesOf = `(select json_agg(line) from (
  select ${documents.lineAnswerColumns}, l.lot_id as "lotId",
    trim_scale((select -sum(m.value) from stock.movements m
      where m.source_id = d.id and m.source_line_id = l.id and m.type = 'waste'))::text as value
  from stock.waste_lines l where l.waste_id = d.id order by l.position) line) as lines`;

/** Newest first. */
export function listWastes(db: Db, query: documents.DocumentFilter): Promise<WastePage> {
  return documents.listDocuments<Waste>(
    db,
    { table: "wastes", columns: `d.reason, ${reversalColumns}, ${linesOf}`, joins: reversalOf },
    query,
  );
}

const unknownLots = statement(
  "stock_unknown_lots",
  `select u.n::int as n from unnest($1::uuid[], $2::uuid[]) with ordinality
     as u (lot_id, item_id, n)
   where u.lot_id is not null
     and not exists (select from stock.layers l where l.lot_id = u.lot_id and l.item_id = u.item_id
       and ($3::uuid[] is null or l.site_id = any($3)))
   order by u.n limit 1`,
);

/**
 * The index of the first line that names a lot which is not of its item, or never was at any of
 * these sites; undefined if none does.
 */
export async function findUnknownLot(
  db: Db,
  lines: readonly { readonly itemId: string; readonly lotId?: string | null | undefined }[],
  siteIds: readonly string[] | undefined,
): Promise<number | undefined> {
  if (lines.every((line) => line.lotId == null)) return undefined;
  const lotIds = lines.map((line) => line.lotId ?? null);
  const itemIds = lines.map((line) => line.itemId);
  const rows = await db.run<{ n: number }>(unknownLots, [lotIds, itemIds, siteIds ?? null]);
  return rows[0] && rows[0].n - 1;
}

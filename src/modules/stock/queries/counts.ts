import { type Db, statement, type Tx } from "#platform/db.ts";
import type { Count, CountPage } from "../model/count.ts";
import * as documents from "./documents.ts";
import { reversalColumns, reversalOf } from "./reversals.ts";

/** What the books say of a counted line. */
export interface BooksRow {
  /** The balance at count time less the shortfalls open then; of a lot, its layers at the site. */
  readonly expected: string;
  readonly isLotKnown: boolean;
  readonly expiresOn: string | null;
  readonly supplierLot: string | null;
  /** The newest layer with a cost, of the site if it has one, else of any. */
  readonly costValue: string | null;
  readonly costQuantity: string | null;
}

// As known now: rows recorded later with an earlier time count (domain rules 4). A gain that was
// valued at 0 because nobody knew better is no cost to go by.
const books = statement(
  "stock_count_books",
  `select case when line.lot_id is null then
       coalesce((select sum(m.quantity) from stock.movements m
         where m.item_id = line.item_id and m.site_id = $3 and m.effective_at <= $4), 0)
       - coalesce((select sum(s.quantity
             - coalesce((select sum(c.quantity) from stock.shortfall_cancellations c
                 where c.shortfall_id = s.id and c.effective_at <= $4), 0)
             - coalesce((select sum(t.quantity) from stock.settlements t
                 join stock.movements m on m.id = t.movement_id
                 where t.shortfall_id = s.id and m.effective_at <= $4), 0))
           from stock.shortfalls s
           where s.item_id = line.item_id and s.site_id = $3 and s.effective_at <= $4), 0)
     else
       coalesce((select sum(a.quantity) from stock.layers l
         join stock.allocations a on a.layer_id = l.id
         join stock.movements m on m.id = a.movement_id
         where l.lot_id = line.lot_id and l.site_id = $3 and m.effective_at <= $4), 0)
     end as expected,
     lot.id is not null and ($5::uuid[] is null or exists (select from stock.layers l
       where l.lot_id = lot.id and l.site_id = any($5))) as "isLotKnown", lot.expires_on as "expiresOn",
     lot.supplier_lot as "supplierLot", cost.value_in as "costValue",
     cost.quantity_in as "costQuantity"
   from unnest($1::uuid[], $2::uuid[]) with ordinality as line (item_id, lot_id, n)
   left join stock.lots lot on lot.id = line.lot_id and lot.item_id = line.item_id
   left join lateral (
     select l.value_in, l.quantity_in from stock.layers l join stock.lots o on o.id = l.lot_id
     where l.item_id = line.item_id and not (o.origin = 'count' and l.value_in = 0)
     order by (l.site_id = $3) desc, l.effective_at desc, l.seq desc limit 1
   ) cost on true
   order by line.n`,
);

/** One row a line, in their order; needs the balances of the items locked before. */
export function listBooks(
  tx: Tx,
  at: {
    readonly siteId: string;
    readonly effectiveAt: string;
    /** A lot that never was at any of these sites is not known. */
    readonly siteIds: readonly string[] | undefined;
  },
  lines: readonly { readonly itemId: string; readonly lotId?: string | undefined }[],
): Promise<BooksRow[]> {
  const lotIds = lines.map((line) => line.lotId ?? null);
  const itemIds = lines.map((line) => line.itemId);
  return tx.run(books, [itemIds, lotIds, at.siteId, at.effectiveAt, at.siteIds ?? null]);
}

export interface CountLineRow extends documents.DocumentLine {
  readonly lotId: string | null;
  readonly difference: string;
  readonly isCostUnknown: boolean;
}

const insert = statement(
  "stock_insert_count",
  `with document as (
     insert into stock.counts (id, site_id, effective_at, actor)
     values ($11, $12, $13, $14) returning recorded_at
   ), line as (
     insert into stock.count_lines (count_id, position, ${documents.lineColumns}, lot_id,
       difference,
       is_cost_unknown)
     select $11, n, ${documents.lineColumns}, lot_id, difference, is_cost_unknown
     from unnest(${documents.lineTypes}, $8::uuid[], $9::numeric[], $10::boolean[]) with ordinality
       as u (${documents.lineColumns}, lot_id, difference, is_cost_unknown, n)
   )
   select recorded_at as "recordedAt" from document`,
);

/** Answers when it was recorded. */
export async function insertCount(
  tx: Tx,
  count: documents.DocumentRow,
  lines: readonly CountLineRow[],
): Promise<string> {
  const rows = await tx.run<{ recordedAt: string }>(insert, [
    ...documents.lineArrays(lines),
    lines.map((line) => line.lotId),
    lines.map((line) => line.difference),
    lines.map((line) => line.isCostUnknown),
    count.id,
    count.siteId,
    count.effectiveAt,
    count.actor,
  ]);
  return rows[0]?.recordedAt ?? count.effectiveAt;
}

const linesOf = `(select json_agg(line) from (
  select l.id, l.item_id as "itemId", l.lot_id as "lotId",
    trim_scale(l.quantity_entered)::text as quantity, l.unit,
    ${documents.factorColumn}, trim_scale(l.quantity)::text as counted,
    trim_scale(l.quantity - l.difference)::text as expected,
    trim_scale(l.difference)::text as difference, l.is_cost_unknown as "isCostUnknown",
    trim_scale(coalesce((select sum(m.value) from stock.movements m
      where m.source_id = d.id and m.source_line_id = l.id and m.type = 'count'), 0))::text as value
  from stock.count_lines l where l.count_id = d.id order by l.position) line) as lines`;

/** Newest first. */
export function listCounts(db: Db, query: documents.DocumentFilter): Promise<CountPage> {
  const columns = `${reversalColumns}, ${linesOf}`;
  return documents.listDocuments<Count>(db, { table: "counts", columns, joins: reversalOf }, query);
}

import type { Db } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import {
  cursorKeys,
  idKey,
  numberKey,
  type PageQuery,
  pageOf,
  type SiteScope,
} from "#platform/page.ts";
import type { Movement, MovementPage } from "../model/ledger.ts";

export interface MovementFilter extends PageQuery, SiteScope {
  readonly itemId?: string | undefined;
  readonly sourceId?: string | undefined;
}

const columns = `m.id, m.seq::text as seq, m.type, m.item_id as "itemId", m.site_id as "siteId",
  trim_scale(m.quantity)::text as quantity, trim_scale(m.value)::text as value,
  m.effective_at as "effectiveAt", m.recorded_at as "recordedAt", m.actor,
  m.source_id as "sourceId", m.source_line_id as "sourceLineId", m.lot_id as "lotId", m.reverses`;

/**
 * Newest first. Of one item by site and order of recording, as its index is; else by id, which
 * grows with time. Each has its own cursor: one that comes with other filters is refused.
 */
export async function listMovements(db: Db, query: MovementFilter): Promise<MovementPage> {
  const where = new Where()
    .add("m.site_id = ?", query.siteId)
    .add("m.site_id = any(?)", query.siteIds)
    .add("m.item_id = ?", query.itemId)
    .add("m.source_id = ?", query.sourceId);
  const isOfItem = query.itemId !== undefined;
  if (isOfItem) {
    const after = cursorKeys(query, idKey, numberKey);
    where.add("(m.site_id, m.seq) < (?, ?)", after?.[0], after?.[1]);
  } else {
    where.add("m.id < ?", cursorKeys(query, idKey)?.[0]);
  }
  const order = isOfItem ? "m.item_id desc, m.site_id desc, m.seq desc" : "m.id desc";
  const text = `select ${columns} from stock.movements m ${where.text}
    order by ${order} limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<Movement>(db, "stock_movements", text, where);
  const keysOf = (row: Movement) => (isOfItem ? [row.siteId, row.seq] : [row.id]);
  return pageOf(rows, query, keysOf, (row) => row);
}

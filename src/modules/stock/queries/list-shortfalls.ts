import type { Db } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById, type SiteScope } from "#platform/page.ts";
import type { Shortfall, ShortfallPage } from "../model/ledger.ts";

export interface ShortfallFilter extends PageQuery, SiteScope {
  readonly itemId?: string | undefined;
  readonly open?: boolean | undefined;
}

const columns = `s.id, s.item_id as "itemId", s.site_id as "siteId",
  trim_scale(s.quantity)::text as quantity, trim_scale(s.open_quantity)::text as "openQuantity",
  trim_scale(s.cancelled_quantity)::text as "cancelledQuantity", s.source_id as "sourceId",
  s.source_line_id as "sourceLineId", s.effective_at as "effectiveAt",
  s.recorded_at as "recordedAt"`;

/** Oldest first. */
export async function listShortfalls(db: Db, query: ShortfallFilter): Promise<ShortfallPage> {
  const where = new Where()
    .add("s.site_id = ?", query.siteId)
    .add("s.site_id = any(?)", query.siteIds)
    .add("s.item_id = ?", query.itemId)
    .add("s.id > ?", cursorKeys(query, idKey)?.[0]);
  // As text: the partial index on what is open serves no parameter.
  if (query.open !== undefined) where.add(`s.open_quantity ${query.open ? ">" : "="} 0`);
  const text = `select ${columns} from stock.shortfalls s ${where.text}
    order by s.id limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<Shortfall>(db, "stock_shortfalls", text, where);
  return pageById(rows, query);
}

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
import type { Layer, LayerPage, Lot } from "../model/ledger.ts";

export interface LayerFilter extends PageQuery, SiteScope {
  readonly itemId?: string | undefined;
  readonly lotId?: string | undefined;
  readonly open?: boolean | undefined;
}

const columns = `l.id, l.lot_id as "lotId", l.item_id as "itemId", l.site_id as "siteId",
  trim_scale(l.quantity_in)::text as "quantityIn", trim_scale(l.value_in)::text as "valueIn",
  trim_scale(l.quantity)::text as quantity, trim_scale(l.value)::text as value,
  l.effective_at as "effectiveAt", l.arrived_at as "arrivedAt", l.seq::text as seq, l.expires_on as "expiresOn",
  l.is_held as "isHeld"`;

/** By item, site and order of recording: the order of an index that both filters can use. */
export async function listLayers(db: Db, query: LayerFilter): Promise<LayerPage> {
  const after = cursorKeys(query, idKey, idKey, numberKey);
  const where = new Where()
    .add("l.site_id = ?", query.siteId)
    .add("l.site_id = any(?)", query.siteIds)
    .add("l.item_id = ?", query.itemId)
    .add("l.lot_id = ?", query.lotId)
    .add("l.is_open = ?", query.open)
    .add("(l.item_id, l.site_id, l.seq) > (?, ?, ?)", after?.[0], after?.[1], after?.[2]);
  const text = `select ${columns} from stock.layers l ${where.text}
    order by l.item_id, l.site_id, l.seq limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<Layer>(db, "stock_layers", text, where);
  return pageOf(
    rows,
    query,
    (row) => [row.itemId, row.siteId, row.seq],
    (row) => row,
  );
}

const layersShownMax = 200;

/**
 * A lot with its layers at these sites, or at all, but not its holds; undefined if there are none.
 */
export async function findLot(
  db: Db,
  id: string,
  siteIds?: readonly string[],
): Promise<Omit<Lot, "holds"> | undefined> {
  const where = new Where().add("o.id = ?", id);
  const text = `select o.id, o.item_id as "itemId", o.origin, o.source_id as "sourceId",
      o.supplier_id as "supplierId", o.supplier_lot as "supplierLot", o.expires_on as "expiresOn",
      o.recorded_at as "recordedAt",
      exists (select from stock.hold_lots c where c.lot_id = o.id
        and not exists (select from stock.releases r where r.hold_id = c.hold_id)) as "isHeld"
    from stock.lots o ${where.text}`;
  const [lot] = await runList<Omit<Lot, "layers" | "holds">>(db, "stock_lot", text, where);
  if (lot === undefined) return undefined;
  const layers = await listLayers(db, { lotId: id, siteIds, limit: layersShownMax });
  if (layers.data.length === 0) return undefined;
  return { ...lot, layers: layers.data };
}

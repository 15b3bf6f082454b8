import { type Db, statement } from "#platform/db.ts";
import { mostSince } from "./since.ts";

export interface OpenLayer {
  readonly itemId: string;
  readonly quantity: string;
  readonly value: string;
  /** The least that was on hand of the item at any time since. */
  readonly least: string;
}

// The order, the eligibility and the cap of `stock_issue`, to look and not to take.
const openLayers = statement(
  "stock_open_layers",
  `select l.item_id as "itemId", l.quantity, l.value,
     b.quantity - greatest(since.most, 0) as least
   from unnest($2::uuid[]) as u (item_id)
   join catalog.items i on i.id = u.item_id
   left join catalog.categories c on c.id = i.category_id
   join stock.balances b on b.item_id = i.id and b.site_id = $1
   cross join lateral (${mostSince("i.id", "$1", "$3")}) since
   join stock.layers l on l.item_id = i.id and l.site_id = $1 and l.is_open
   where l.effective_at <= $3 and (l.arrived_at is null or l.arrived_at <= $3) and not l.is_held
     and (l.expires_on is null or l.expires_on >= $4::date)
   order by l.item_id, case when c.pick_order = 'fefo' then l.expires_on end, l.effective_at,
     l.seq, l.id`,
);

export interface OpenLayersQuestion {
  readonly siteId: string;
  readonly itemIds: readonly string[];
  readonly effectiveAt: string;
  readonly effectiveOn: string;
}

/** What a command of that moment may take, item by item in the order it would take it. */
export function listOpenLayers(db: Db, question: OpenLayersQuestion): Promise<OpenLayer[]> {
  const { siteId, itemIds, effectiveAt, effectiveOn } = question;
  return db.run<OpenLayer>(openLayers, [siteId, itemIds, effectiveAt, effectiveOn]);
}

import { type Db, statement } from "#platform/db.ts";
import type { Contact, MassBalance, TracedLot } from "../model.ts";

export type LotRow = Omit<TracedLot, "level" | "parts" | "balance">;

const lots = statement(
  "recalls_lots",
  `select o.id, o.item_id as "itemId", i.name as "itemName", i.unit, o.origin,
     o.supplier_id as "supplierId", s.name as "supplierName", o.supplier_lot as "supplierLot",
     o.expires_on as "expiresOn", o.recorded_at as "recordedAt",
     exists (select from stock.hold_lots c where c.lot_id = o.id
       and not exists (select from stock.releases r where r.hold_id = c.hold_id)) as "isHeld",
     coalesce((select json_agg(p order by p."siteName", p."siteId") from (
       select l.site_id as "siteId", t.name as "siteName",
         trim_scale(sum(l.quantity))::text as quantity, bool_or(l.is_held) as "isHeld"
       from stock.layers l join sites.sites t on t.id = l.site_id
       where l.lot_id = o.id group by l.site_id, t.name
     ) p), '[]') as places
   from unnest($1::uuid[]) with ordinality as u (lot_id, n)
   join stock.lots o on o.id = u.lot_id
   join catalog.items i on i.id = o.item_id
   left join catalog.suppliers s on s.id = o.supplier_id
   order by u.n`,
);

const sitesOf = statement(
  "recalls_sites_of_lot",
  `select distinct site_id as "siteId" from stock.layers where lot_id = $1`,
);

/** Where a lot has or had a layer; nowhere if there is no such lot. */
export async function listSitesOf(db: Db, lotId: string): Promise<string[]> {
  const rows = await db.run<{ siteId: string }>(sitesOf, [lotId]);
  return rows.map((row) => row.siteId);
}

/** In the order they were asked for; lots that are not there are left out. */
export function listLots(db: Db, lotIds: readonly string[]): Promise<LotRow[]> {
  return db.run(lots, [lotIds]);
}

// A mirror counts as what it undoes, with the other sign. A transfer is neither in nor out.
const balances = statement(
  "recalls_balances",
  `with moved as (
     select l.lot_id, coalesce(o.type, m.type) as kind, a.quantity,
       coalesce(o.quantity, m.quantity) > 0 as is_gain
     from stock.layers l
     join stock.allocations a on a.layer_id = l.id
     join stock.movements m on m.id = a.movement_id
     left join stock.movements o on o.id = m.reverses
     where l.lot_id = any($1::uuid[])
   ), summed as (
     select u.lot_id,
       coalesce(sum(quantity) filter (where kind = 'receipt'), 0) as received,
       coalesce(sum(quantity) filter (where kind = 'output'), 0) as made,
       coalesce(sum(quantity) filter (where kind = 'count' and is_gain), 0) as found,
       coalesce(-sum(quantity) filter (where kind = 'consumption'), 0) as used,
       coalesce(-sum(quantity) filter (where kind in ('sale', 'settlement', 'refund')), 0) as sold,
       coalesce(-sum(quantity) filter (where kind in ('waste', 'refund_waste')), 0) as wasted,
       coalesce(-sum(quantity) filter (where kind = 'count' and not is_gain), 0) as lost,
       coalesce(-sum(quantity) filter (where kind = 'receipt_reversal'), 0) as returned,
       coalesce((select sum(l.quantity) from stock.layers l where l.lot_id = u.lot_id), 0)
         as on_hand
     from unnest($1::uuid[]) as u (lot_id) left join moved on moved.lot_id = u.lot_id
     group by u.lot_id
   )
   select lot_id as "lotId", trim_scale(received)::text as received, trim_scale(made)::text as made,
     trim_scale(found)::text as found, trim_scale(used)::text as used,
     trim_scale(sold)::text as sold, trim_scale(wasted)::text as wasted,
     trim_scale(lost)::text as lost, trim_scale(returned)::text as returned,
     trim_scale(on_hand)::text as "onHand",
     received + made + found = used + sold + wasted + lost + returned + on_hand as "isBalanced"
   from summed`,
);

export async function listBalances(
  db: Db,
  lotIds: readonly string[],
): Promise<Map<string, MassBalance>> {
  type Row = MassBalance & { readonly lotId: string };
  const rows = await db.run<Row>(balances, [lotIds]);
  return new Map(rows.map(({ lotId, ...balance }) => [lotId, balance]));
}

const contacts = statement(
  "recalls_contacts",
  `select s.id as "supplierId", s.name, s.email, s.phone,
     json_agg(o.id order by o.id) as "lotIds"
   from stock.lots o join catalog.suppliers s on s.id = o.supplier_id
   where o.id = any($1::uuid[])
   group by s.id order by s.name, s.id`,
);

/** Who delivered lots, by name. */
export function listContacts(db: Db, lotIds: readonly string[]): Promise<Contact[]> {
  return db.run(contacts, [lotIds]);
}

import { type Db, statement } from "#platform/db.ts";

/** `forward`: what holds some of the lot; `backward`: what the lot was made of. */
export type Direction = "forward" | "backward";

// An edge holds unless its movement is reversed or reverses one. Not "the sum is above 0": what was
// worth nothing has edges of quantity 0, and a recall must find it.
const isLive = `not exists (select from stock.movements r where r.reverses = g.movement_id)
       and not exists (select from stock.movements r
         where r.id = g.movement_id and r.reverses is not null)`;

// Lots are followed and not layers, so that what is the same lot at another site is never missed.
// Layers are made distinct before their lots are looked up: a layer has many edges.
const step = (from: string, to: string) =>
  `with reached as (
     select distinct g.${to}_layer_id as layer_id
     from unnest($1::uuid[]) as u (lot_id)
     join stock.layers l on l.lot_id = u.lot_id
     join stock.genealogy g on g.${from}_layer_id = l.id
     where ${isLive}
   )
   select string_agg(lot_id::text, ',') as lots
   from (select distinct l.lot_id from reached r join stock.layers l on l.id = r.layer_id) d`;

const steps = {
  forward: statement("stock_closure_forward", step("consumed", "produced")),
  backward: statement("stock_closure_backward", step("produced", "consumed")),
};

/**
 * All lots that can be reached from one, itself included, each with the least number of steps to
 * it. In the order of that number, then of their ids: pages of it meet, whatever is written between
 * them. On one snapshot, or under locks that keep the books still.
 */
export async function closureOf(
  db: Db,
  lotId: string,
  direction: Direction,
): Promise<Map<string, number>> {
  const levels = new Map([[lotId, 0]]);
  let frontier = [lotId];
  for (let level = 1; frontier.length > 0; level++) {
    const [row] = await db.run<{ lots: string | null }>(steps[direction], [frontier]);
    frontier = (row?.lots?.split(",") ?? []).filter((lot) => !levels.has(lot)).sort();
    for (const lot of frontier) levels.set(lot, level);
  }
  return levels;
}

export interface LotEdge {
  readonly fromLotId: string;
  readonly toLotId: string;
  /** Of the first, that went into the second; in its stock unit. */
  readonly quantity: string;
}

const edges = statement(
  "stock_lot_edges",
  `with edge as (
     select c.lot_id as from_lot_id, p.lot_id as to_lot_id, g.quantity
     from stock.layers p join stock.genealogy g on g.produced_layer_id = p.id
     join stock.layers c on c.id = g.consumed_layer_id
     where p.lot_id = any($1::uuid[]) and c.lot_id <> p.lot_id
       and ${isLive}
   )
   select from_lot_id as "fromLotId", to_lot_id as "toLotId",
     trim_scale(sum(quantity))::text as quantity
   from edge group by 1, 2 order by 2, 1`,
);

/** What went into lots, by lot; transfers of a lot between sites are no edges. */
export function listEdgesInto(db: Db, lotIds: readonly string[]): Promise<LotEdge[]> {
  return db.run(edges, [lotIds]);
}

import { statement, type Tx } from "#platform/db.ts";

export interface Mirror {
  readonly movementId: string;
  readonly reverses: string;
}

export type MirrorType =
  | "void"
  | "run_reversal"
  | "settlement_reversal"
  | "waste_reversal"
  | "count_reversal";

export interface MirrorPosting {
  readonly type: MirrorType;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly sourceId: string;
  readonly actor: string;
  readonly mirrors: readonly Mirror[];
}

// Every allocation goes back to its own layer, same quantity and value; a movement reversed twice
// is refused by the unique index on `reverses`.
const mirror = statement(
  "stock_mirror",
  `with pair as materialized (
     select u.n, u.movement_id, m.id as reverses, m.item_id, m.site_id, m.quantity, m.value,
       m.source_line_id
     from unnest($1::uuid[], $2::uuid[]) with ordinality as u (movement_id, reverses, n)
     join stock.movements m on m.id = u.reverses
   ), back as materialized (
     select p.movement_id, a.layer_id, -a.quantity as quantity, -a.value as value
     from pair p join stock.allocations a on a.movement_id = p.reverses
   ), moved as (
     insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
       effective_on, actor, source_id, source_line_id, reverses)
     select movement_id, $3, item_id, site_id, -quantity, -value, $4, $5, $6, $7, source_line_id,
       reverses
     from pair order by n
   ), allocated as (
     insert into stock.allocations (movement_id, layer_id, quantity, value)
     select movement_id, layer_id, quantity, value from back
   ), layered as (
     update stock.layers l set quantity = l.quantity + t.quantity, value = l.value + t.value
     from (select layer_id, sum(quantity) as quantity, sum(value) as value
           from back group by layer_id) t
     where l.id = t.layer_id
   )
   update stock.balances b set quantity = b.quantity - t.quantity, value = b.value - t.value
   from (select item_id, site_id, sum(quantity) as quantity, sum(value) as value
         from pair group by item_id, site_id) t
   where b.item_id = t.item_id and b.site_id = t.site_id`,
);

/** Undoes movements row by row; needs the balances of their items locked before. */
export async function mirrorMovements(tx: Tx, posting: MirrorPosting): Promise<void> {
  await tx.run(mirror, [
    posting.mirrors.map((each) => each.movementId),
    posting.mirrors.map((each) => each.reverses),
    posting.type,
    posting.effectiveAt,
    posting.effectiveOn,
    posting.actor,
    posting.sourceId,
  ]);
}

const touchedLayers = statement(
  "stock_touched_layers",
  `select l.id from stock.layers l
   join stock.allocations a on a.layer_id = l.id and a.quantity > 0
   where a.movement_id = any($1::uuid[])
     and (l.quantity <> l.quantity_in or l.value <> l.value_in)`,
);

/** The layers these movements filled that are no longer whole. */
export async function listTouchedLayers(tx: Tx, movementIds: readonly string[]): Promise<string[]> {
  const rows = await tx.run<{ id: string }>(touchedLayers, [movementIds]);
  return rows.map((row) => row.id);
}

const filledLayers = statement(
  "stock_filled_layers",
  `select distinct layer_id as id from stock.allocations
   where movement_id = any($1::uuid[]) and quantity > 0`,
);

/** The layers these movements brought stock to. */
export async function listFilledLayers(tx: Tx, movementIds: readonly string[]): Promise<string[]> {
  const rows = await tx.run<{ id: string }>(filledLayers, [movementIds]);
  return rows.map((row) => row.id);
}

const reversibleMovements = statement(
  "stock_reversible_movements",
  `select m.id, m.item_id as "itemId" from stock.movements m
   where m.source_id = $1 and m.type = any($2::text[])
     and not exists (select from stock.movements r where r.reverses = m.id)
   order by m.seq`,
);

export interface ReversibleMovement {
  readonly id: string;
  readonly itemId: string;
}

/** The movements of a document that have not been reversed, oldest first. */
export function listReversible(tx: Tx, sourceId: string, types: readonly string[]) {
  return tx.run<ReversibleMovement>(reversibleMovements, [sourceId, types]);
}

const itemsOf = statement(
  "stock_items_of_source",
  `select item_id as "itemId" from stock.movements where source_id = $1
   union select item_id from stock.shortfalls where source_id = $1`,
);

/** The items a document moved or is short of; fixed once the document is recorded. */
export async function listItemsOf(tx: Tx, sourceId: string): Promise<string[]> {
  const rows = await tx.run<{ itemId: string }>(itemsOf, [sourceId]);
  return rows.map((row) => row.itemId);
}

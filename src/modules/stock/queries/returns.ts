import { inOrder, statement, type Tx } from "#platform/db.ts";

export interface TakenRow {
  readonly lineId: string;
  readonly itemId: string;
  readonly layerId: string;
  readonly quantity: string;
  readonly value: string;
  readonly expiresOn: string | null;
}

export interface GivenBackRow {
  readonly lineId: string;
  readonly layerId: string;
  readonly quantity: string;
  readonly value: string;
}

export interface ShortOfRow {
  readonly id: string;
  readonly lineId: string;
  readonly itemId: string;
  readonly open: string;
  readonly cancelled: string;
}

// Last taken first: the pick order reversed.
const taken = statement(
  "stock_taken_by_lines",
  `select m.source_line_id as "lineId", m.item_id as "itemId", a.layer_id as "layerId",
     -a.quantity as quantity, -a.value as value, l.expires_on as "expiresOn"
   from stock.movements m
   join stock.allocations a on a.movement_id = m.id
   join stock.layers l on l.id = a.layer_id
   where m.source_id = $1 and m.source_line_id = any($2::uuid[])
     and m.type in ('sale', 'settlement')
     and not exists (select from stock.movements r where r.reverses = m.id)
   order by m.seq desc, case when m.pick = 'fefo' then l.expires_on end desc nulls first,
     l.effective_at desc, l.seq desc, l.id desc`,
);

// What a late price added to the line for a layer is value that it has not got back yet.
const givenBack = statement(
  "stock_given_back_to_lines",
  `select line_id as "lineId", layer_id as "layerId", sum(quantity) as quantity,
     sum(value) as value
   from (
     select m.source_line_id as line_id, a.layer_id, a.quantity, a.value
     from stock.movements m join stock.allocations a on a.movement_id = m.id
     where m.type = 'refund' and m.source_line_id = any($2::uuid[])
     union all
     select source_line_id, layer_id, 0, -value from stock.cost_adjustments
     where source_id = $1 and source_line_id = any($2::uuid[]) and kind = 'sale'
   ) back group by line_id, layer_id`,
);

const shortOf = statement(
  "stock_short_of_lines",
  `select id, source_line_id as "lineId", item_id as "itemId", open_quantity as open,
     cancelled_quantity as cancelled
   from stock.shortfalls where source_id = $1 and source_line_id = any($2::uuid[])
   order by seq desc`,
);

/** What lines of a sale took, got back and are short of; needs their balances locked before. */
export async function readTakings(tx: Tx, saleId: string, lineIds: readonly string[]) {
  const [takings, back, short] = await inOrder(
    tx.run<TakenRow>(taken, [saleId, lineIds]),
    tx.run<GivenBackRow>(givenBack, [saleId, lineIds]),
    tx.run<ShortOfRow>(shortOf, [saleId, lineIds]),
  );
  return { taken: takings, givenBack: back, short };
}

interface ReturnMovement {
  readonly id: string;
  readonly type: "refund" | "refund_waste";
  readonly itemId: string;
  readonly lineId: string;
  readonly quantity: string;
  readonly value: string;
}

interface ReturnAllocation {
  readonly movementId: string;
  readonly layerId: string;
  readonly quantity: string;
  readonly value: string;
}

export interface ReturnPosting {
  readonly siteId: string;
  readonly refundId: string;
  readonly actor: string;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly movements: readonly ReturnMovement[];
  readonly allocations: readonly ReturnAllocation[];
  readonly cancelled: readonly { readonly id: string; readonly quantity: string }[];
}

// What is wasted comes back and goes in the same breath: its layers and balance stay as they are.
const post = statement(
  "stock_return_sold",
  `with movement as materialized (
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::numeric[],
       $6::numeric[]) with ordinality as u (id, type, item_id, line_id, quantity, value, n)
   ), allocation as materialized (
     select * from unnest($7::uuid[], $8::uuid[], $9::numeric[], $10::numeric[])
       as u (movement_id, layer_id, quantity, value)
   ), cancelled as materialized (
     select u.id, u.quantity, s.item_id
     from unnest($11::uuid[], $12::numeric[]) as u (id, quantity)
     join stock.shortfalls s on s.id = u.id
   ), moved as (
     insert into stock.movements (id, type, item_id, site_id, quantity, value, effective_at,
       effective_on, actor, source_id, source_line_id)
     select id, type, item_id, $13, quantity, value, $14, $15, $16, $17, line_id
     from movement order by n
   ), allocated as (
     insert into stock.allocations (movement_id, layer_id, quantity, value)
     select movement_id, layer_id, quantity, value from allocation
   ), noted as (
     insert into stock.shortfall_cancellations (shortfall_id, source_id, quantity, effective_at)
     select id, $17, quantity, $14 from cancelled
   ), closed as (
     update stock.shortfalls s set open_quantity = s.open_quantity - c.quantity,
       cancelled_quantity = s.cancelled_quantity + c.quantity
     from cancelled c where s.id = c.id
   ), layered as (
     update stock.layers l set quantity = l.quantity + t.quantity, value = l.value + t.value
     from (select layer_id, sum(quantity) as quantity, sum(value) as value
           from allocation group by layer_id) t
     where l.id = t.layer_id and (t.quantity <> 0 or t.value <> 0)
   )
   update stock.balances b set quantity = b.quantity + t.quantity, value = b.value + t.value,
     short_quantity = b.short_quantity - t.short
   from (select item_id, sum(quantity) as quantity, sum(value) as value, sum(short) as short
         from (select item_id, quantity, value, 0 as short from movement
               union all select item_id, 0, 0, quantity from cancelled) each
         group by item_id) t
   where b.item_id = t.item_id and b.site_id = $13
     and (t.quantity <> 0 or t.value <> 0 or t.short <> 0)`,
);

/** Writes what goes back; needs the balances locked before. */
export async function postReturns(tx: Tx, posting: ReturnPosting): Promise<void> {
  const { movements, allocations, cancelled } = posting;
  await tx.run(post, [
    movements.map((each) => each.id),
    movements.map((each) => each.type),
    movements.map((each) => each.itemId),
    movements.map((each) => each.lineId),
    movements.map((each) => each.quantity),
    movements.map((each) => each.value),
    allocations.map((each) => each.movementId),
    allocations.map((each) => each.layerId),
    allocations.map((each) => each.quantity),
    allocations.map((each) => each.value),
    cancelled.map((each) => each.id),
    cancelled.map((each) => each.quantity),
    posting.siteId,
    posting.effectiveAt,
    posting.effectiveOn,
    posting.actor,
    posting.refundId,
  ]);
}

const refundedSettlements = statement(
  "stock_refunded_settlements",
  `select from unnest($1::uuid[]) as u (id) join stock.movements m on m.id = u.id
   where exists (
     select from stock.movements r
     where r.type = 'refund' and r.source_line_id = m.source_line_id and r.item_id = m.item_id
   ) limit 1`,
);

/** True if a line that one of these movements served has got some of the item back. */
export async function areRefunded(tx: Tx, movementIds: readonly string[]): Promise<boolean> {
  return (await tx.run(refundedSettlements, [movementIds])).length > 0;
}

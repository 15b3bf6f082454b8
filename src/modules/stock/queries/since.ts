import { statement, type Tx } from "#platform/db.ts";

/**
 * SQL of one row, `most`: the most by which an item's balance at a site has grown, at its end,
 * since any instant from `at` on; null if nothing is dated after it. So balance − greatest(most, 0)
 * is the least that was on hand at any time since, grouped by instant. It reads what is dated later
 * only, from the index alone: for a command dated now that is nothing, or what is a few minutes ahead.
 */
export function mostSince(itemId: string, siteId: string, at: string): string {
  return `select max(later) as most from (
    select sum(m.quantity) over (order by m.effective_at desc) as later
    from stock.movements m
    where m.item_id = ${itemId} and m.site_id = ${siteId} and m.effective_at > ${at}
  ) grown`;
}

const overdrawn = statement(
  "stock_overdrawn_since",
  `select u.item_id as "itemId"
   from (select distinct item_id, site_id from stock.movements where id = any($1::uuid[])) u
   join stock.balances b using (item_id, site_id)
   cross join lateral (${mostSince("u.item_id", "u.site_id", "$2")}) since
   where b.quantity < since.most limit 1`,
);

/** Whether of what these movements are of less than nothing was on hand at some time since. */
export async function isOverdrawnSince(
  tx: Tx,
  at: string,
  movementIds: readonly string[],
): Promise<boolean> {
  return (await tx.run(overdrawn, [movementIds, at])).length > 0;
}

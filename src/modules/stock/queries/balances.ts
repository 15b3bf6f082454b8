import { type Db, statement, type Tx } from "#platform/db.ts";

export interface BalanceRow {
  readonly itemId: string;
  readonly quantity: string;
  readonly value: string;
  readonly shortQuantity: string;
}

// Every command locks its balances in this order, so two baskets in opposite order cannot deadlock.
const lock = statement(
  "stock_lock_balances",
  `select item_id as "itemId", quantity, value, short_quantity as "shortQuantity"
   from stock.balances where site_id = $1 and item_id = any($2::uuid[])
   order by item_id, site_id for update`,
);

const create = statement(
  "stock_create_balances",
  `insert into stock.balances (item_id, site_id)
   select item_id, $1 from unnest($2::uuid[]) as u (item_id) order by item_id
   on conflict do nothing`,
);

/**
 * Locks the balances that exist, in (item, site) order. What must be sure of its layers reads them
 * next.
 */
export function lockBalances(tx: Tx, siteId: string, itemIds: readonly string[]) {
  return tx.run<BalanceRow>(lock, [siteId, itemIds]);
}

/** Creates balances of 0 where there are none, so that they can be locked. */
export async function createBalances(tx: Tx, siteId: string, itemIds: readonly string[]) {
  await tx.run(create, [siteId, itemIds]);
}

export interface Pair {
  readonly itemId: string;
  readonly siteId: string;
}

export interface PairRow extends BalanceRow, Pair {}

const lockOfPairs = statement(
  "stock_lock_pairs",
  `select b.item_id as "itemId", b.site_id as "siteId", b.quantity, b.value,
     b.short_quantity as "shortQuantity"
   from stock.balances b
   where (b.item_id, b.site_id) in (select * from unnest($1::uuid[], $2::uuid[]))
   order by b.item_id, b.site_id for update of b`,
);

const createOfPairs = statement(
  "stock_create_pairs",
  `insert into stock.balances (item_id, site_id)
   select * from unnest($1::uuid[], $2::uuid[]) as u (item_id, site_id)
   where not exists (select from stock.balances b
     where b.item_id = u.item_id and b.site_id = u.site_id)
   order by item_id, site_id on conflict do nothing`,
);

/** Locks the balances of several sites, in the same order, creating those that are missing. */
export async function lockPairs(tx: Tx, pairs: readonly Pair[]): Promise<PairRow[]> {
  const values = [pairs.map((pair) => pair.itemId), pairs.map((pair) => pair.siteId)];
  await tx.run(createOfPairs, values);
  return tx.run<PairRow>(lockOfPairs, values);
}

const moment = statement(
  "stock_posting_moment",
  `select s.archived_at is null as "isInUse", m.at as "effectiveAt",
     (m.at at time zone s.zone)::date as "effectiveOn",
     ((m.at at time zone s.zone) - s.cutover)::date as "businessDate",
     ($4 or m.at >= $3::timestamptz - interval '7 days')
       and m.at <= $3::timestamptz + interval '5 minutes' as "isInWindow",
     coalesce(m.at < s.closed_before, false) as "isClosed"
   from sites.sites s, (select coalesce($2::timestamptz, $3::timestamptz) as at) m
   where s.id = $1`,
);

export interface MomentRow {
  readonly isInUse: boolean;
  readonly isInWindow: boolean;
  readonly isClosed: boolean;
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly businessDate: string;
}

export interface MomentQuestion {
  readonly siteId: string;
  readonly at: string | undefined;
  readonly now: Date;
  /** However long ago, up to the last close. */
  readonly isBackdated?: boolean;
}

export async function findMoment(db: Db, question: MomentQuestion) {
  const { siteId, at = null, now, isBackdated = false } = question;
  const rows = await db.run<MomentRow>(moment, [siteId, at, now.toISOString(), isBackdated]);
  return rows[0];
}

import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { Hold, HoldPage } from "../model/hold.ts";

// Holds come one after the other; a count of a named lot may make a layer of it meanwhile, where
// no balance is locked yet, so it keeps them out.
const exclusive = statement(
  "stock_lock_holds",
  "select pg_advisory_xact_lock(hashtextextended('stock.holds', 0))",
);
const shared = statement(
  "stock_share_holds",
  "select pg_advisory_xact_lock_shared(hashtextextended('stock.holds', 0))",
);

/** No hold comes or goes until the transaction ends, but ours. */
export async function lockHolds(tx: Tx): Promise<void> {
  await tx.run(exclusive);
}

/** No hold comes or goes until the transaction ends. Before any balance is locked. */
export async function shareHolds(tx: Tx): Promise<void> {
  await tx.run(shared);
}

const isActive = "not exists (select from stock.releases r where r.hold_id = h.id)";

const activeHold = statement(
  "stock_active_hold",
  `select h.id from stock.holds h where h.lot_id = $1 and ${isActive}`,
);

/** The hold put on this very lot; there is one at most. */
export async function findActiveHold(db: Db, lotId: string): Promise<string | undefined> {
  const [row] = await db.run<{ id: string }>(activeHold, [lotId]);
  return row?.id;
}

const sitesOf = statement(
  "stock_sites_of_lots",
  `select distinct site_id as "siteId" from stock.layers where lot_id = any($1::uuid[])`,
);

/** The sites where lots have or had a layer; none if there are no such lots. */
export async function listSitesOfLots(db: Db, lotIds: readonly string[]): Promise<string[]> {
  const rows = await db.run<{ siteId: string }>(sitesOf, [lotIds]);
  return rows.map((row) => row.siteId);
}

const lockPairs = statement(
  "stock_lock_balances_of_lots",
  `select b.item_id || ' ' || b.site_id as pair from stock.balances b
   where (b.item_id, b.site_id) in
     (select l.item_id, l.site_id from stock.layers l where l.lot_id = any($1::uuid[]))
   order by b.item_id, b.site_id for update`,
);
const listPairs = statement(
  "stock_balances_of_lots",
  `select distinct l.item_id || ' ' || l.site_id as pair from stock.layers l
   where l.lot_id = any($1::uuid[])`,
);

/** Locks the balances of all layers of lots; answers which. */
export async function lockBalancesOfLots(tx: Tx, lotIds: readonly string[]) {
  const rows = await tx.run<{ pair: string }>(lockPairs, [lotIds]);
  return new Set(rows.map((row) => row.pair));
}

/** Where lots have layers, in the form of `lockBalancesOfLots`. */
export async function listBalancesOfLots(tx: Tx, lotIds: readonly string[]): Promise<string[]> {
  const rows = await tx.run<{ pair: string }>(listPairs, [lotIds]);
  return rows.map((row) => row.pair);
}

// seq is drawn by a statement after the locks: it is the order of recording.
const flip = (isHeld: boolean, hold: string) => `seq as materialized (
     select nextval('stock.recording_order') as seq
   ), flipped as (
     update stock.layers set is_held = ${isHeld}
     where lot_id = any(array(select lot_id from stopped)) and is_held <> ${isHeld}
     returning id
   ), recorded as (
     insert into stock.layer_holds (layer_id, seq, is_held, hold_id)
     select flipped.id, seq.seq, ${isHeld}, ${hold} from flipped cross join seq
   )`;

const insert = statement(
  "stock_insert_hold",
  `with stopped as materialized (select lot_id from unnest($2::uuid[]) as u (lot_id)
   ), hold as (
     insert into stock.holds (id, lot_id, reason, effective_at, actor) values ($1, $3, $4, $5, $6)
   ), covered as (
     insert into stock.hold_lots (hold_id, lot_id) select $1, lot_id from stopped
   ), ${flip(true, "$1::uuid")}
   select`,
);

export interface HoldRow {
  readonly id: string;
  readonly lotId: string;
  readonly reason: string;
  readonly effectiveAt: string;
  readonly actor: string;
}

/** Stops lots at every site; needs the balances of all their layers locked before. */
export async function insertHold(tx: Tx, hold: HoldRow, lotIds: readonly string[]): Promise<void> {
  const { id, lotId, reason, effectiveAt, actor } = hold;
  await tx.run(insert, [id, lotIds, lotId, reason, effectiveAt, actor]);
}

const onlyHeldBy = statement(
  "stock_lots_only_held_by",
  `select o.lot_id as "lotId" from stock.hold_lots o where o.hold_id = $1
     and not exists (select from stock.hold_lots c join stock.holds h on h.id = c.hold_id
       where c.lot_id = o.lot_id and c.hold_id <> $1 and ${isActive})`,
);

/** The lots that no other hold stops. */
export async function listLotsOnlyHeldBy(tx: Tx, holdId: string): Promise<string[]> {
  const rows = await tx.run<{ lotId: string }>(onlyHeldBy, [holdId]);
  return rows.map((row) => row.lotId);
}

const release = statement(
  "stock_insert_release",
  `with stopped as materialized (select lot_id from unnest($2::uuid[]) as u (lot_id)
   ), release as (
     insert into stock.releases (hold_id, reason, effective_at, actor) values ($1, $3, $4, $5)
   ), ${flip(false, "$1::uuid")}
   select`,
);

export interface ReleaseRow {
  readonly holdId: string;
  readonly reason: string | null;
  readonly effectiveAt: string;
  readonly actor: string;
}

/** Ends a hold and frees lots; needs the balances of all their layers locked before. */
export async function insertRelease(
  tx: Tx,
  { holdId, reason, effectiveAt, actor }: ReleaseRow,
  lotIds: readonly string[],
): Promise<void> {
  await tx.run(release, [holdId, lotIds, reason, effectiveAt, actor]);
}

export interface HoldFilter extends PageQuery {
  readonly id?: string | undefined;
  /** Those that stop a lot of one of these sites. */
  readonly siteIds?: readonly string[] | undefined;
  /** Holds that stop this lot, its own or another's. */
  readonly stoppedLotId?: string | undefined;
  readonly lotId?: string | undefined;
  readonly active?: boolean | undefined;
}

/** Newest first. */
export async function listHolds(db: Db, query: HoldFilter): Promise<HoldPage> {
  const where = new Where()
    .add("h.id = ?", query.id)
    .add("h.lot_id = ?", query.lotId)
    .add("h.id in (select hold_id from stock.hold_lots where lot_id = ?)", query.stoppedLotId)
    .add("(r.hold_id is null) = ?", query.active)
    .add(
      `exists (select from stock.hold_lots c join stock.layers l on l.lot_id = c.lot_id
        where c.hold_id = h.id and l.site_id = any(?))`,
      query.siteIds,
    )
    .add("h.id < ?", cursorKeys(query, idKey)?.[0]);
  const text = `select h.id, h.lot_id as "lotId", h.reason, h.actor,
      h.effective_at as "heldAt", h.recorded_at as "recordedAt",
      (select count(*)::int from stock.hold_lots c where c.hold_id = h.id) as "lotCount",
      r.hold_id is null as "isActive", r.reason as "releaseReason", r.actor as "releasedBy",
      r.effective_at as "releasedAt"
    from stock.holds h left join stock.releases r on r.hold_id = h.id ${where.text}
    order by h.id desc limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<Hold>(db, "stock_holds", text, where), query);
}

import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById, type SiteScope } from "#platform/page.ts";
import type { Alert, AlertPage } from "../model.ts";
import type { AlertKind, Cause } from "../rules/kinds.ts";

const columns = `a.id, a.kind, case when a.closed_at is not null then 'closed'
    when a.acknowledged_at is not null then 'acknowledged' else 'open' end as state,
  a.site_id as "siteId", s.name as "siteName", a.item_id as "itemId", i.name as "itemName", i.unit,
  a.lot_id as "lotId", trim_scale(a.quantity)::text as quantity,
  trim_scale(a.reorder_level)::text as "reorderLevel", a.expires_on as "expiresOn", a.since,
  a.opened_at as "openedAt", a.acknowledged_at as "acknowledgedAt",
  a.acknowledged_by as "acknowledgedBy", a.closed_at as "closedAt"`;
const joined = `alerts.alerts a left join sites.sites s on s.id = a.site_id
  left join catalog.items i on i.id = a.item_id`;

const find = statement("alert_find", `select ${columns} from ${joined} where a.id = $1`);

export async function findAlert(db: Db, id: string): Promise<Alert | undefined> {
  const [alert] = await db.run<Alert>(find, [id]);
  return alert;
}

const findAll = statement(
  "alert_find_all",
  `select ${columns} from ${joined} where a.id = any ($1::uuid[]) order by a.id`,
);

export function listByIds(db: Db, ids: readonly string[]): Promise<Alert[]> {
  return db.run<Alert>(findAll, [ids]);
}

export interface AlertFilter extends PageQuery, SiteScope {
  readonly state?: "open" | "acknowledged" | "closed" | undefined;
  readonly kind?: AlertKind | undefined;
  /** Undefined is all of them. */
  readonly kinds?: readonly AlertKind[] | undefined;
}

const conditions = {
  open: "a.closed_at is null and a.acknowledged_at is null",
  acknowledged: "a.closed_at is null and a.acknowledged_at is not null",
  closed: "a.closed_at is not null",
} as const;

/** Newest first. */
export async function listAlerts(db: Db, query: AlertFilter): Promise<AlertPage> {
  const [before] = cursorKeys(query, idKey) ?? [];
  const where = new Where()
    .add("a.site_id = ?", query.siteId)
    .add("a.site_id = any (?::uuid[])", query.siteIds)
    .add("a.kind = ?", query.kind)
    .add("a.kind = any (?::text[])", query.kinds)
    .add("a.id < ?", before);
  if (query.state !== undefined) where.add(conditions[query.state]);
  const text = `select ${columns} from ${joined} ${where.text}
    order by a.id desc limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<Alert>(db, "alert_list", text, where), query);
}

const acknowledge = statement(
  "alert_acknowledge",
  `update alerts.alerts set acknowledged_at = clock_timestamp(), acknowledged_by = $2
   where id = $1 and acknowledged_at is null and closed_at is null returning id`,
);

/** False if it was already, or is closed. */
export async function acknowledgeAlert(tx: Tx, id: string, actorId: string): Promise<boolean> {
  return (await tx.run(acknowledge, [id, actorId])).length > 0;
}

const lock = statement(
  "alerts_lock",
  "select pg_advisory_xact_lock(hashtextextended('alerts:' || $1, 0))",
);

/** Whoever evaluates the same site waits here, and then sees what was done. */
export async function lockSite(tx: Tx, siteId: string | null): Promise<void> {
  await tx.run(lock, [siteId ?? "company"]);
}

export interface OpenAlert {
  readonly id: string;
  readonly cause: string;
}

const listOpenOnes = statement(
  "alerts_open",
  `select id, cause from alerts.alerts
   where closed_at is null and site_id is not distinct from $1::uuid`,
);

export function listOpen(tx: Tx, siteId: string | null): Promise<OpenAlert[]> {
  return tx.run<OpenAlert>(listOpenOnes, [siteId]);
}

const insert = statement(
  "alerts_insert",
  `insert into alerts.alerts (id, kind, cause, site_id, item_id, lot_id, quantity, reorder_level,
     expires_on, since)
   select id, kind, cause, $1::uuid, "itemId", "lotId", quantity, "reorderLevel", "expiresOn", since
   from json_to_recordset($2::json) as c (id uuid, kind text, cause text, "itemId" uuid,
     "lotId" uuid, quantity numeric, "reorderLevel" numeric, "expiresOn" date, since timestamptz)
   order by cause
   on conflict (cause) where closed_at is null do nothing returning id`,
);

export interface NewAlert extends Cause, OpenAlert {}

/** The ids of those that were not open already. */
export async function openAlerts(
  tx: Tx,
  siteId: string | null,
  alerts: readonly NewAlert[],
): Promise<string[]> {
  if (alerts.length === 0) return [];
  const rows = await tx.run<{ id: string }>(insert, [siteId, JSON.stringify(alerts)]);
  return rows.map(({ id }) => id);
}

const close = statement(
  "alerts_close",
  `update alerts.alerts set closed_at = clock_timestamp()
   where id = any ($1::uuid[]) and closed_at is null returning id`,
);

/** The ids of those that were open until now. */
export async function closeAlerts(tx: Tx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  return (await tx.run<{ id: string }>(close, [ids])).map(({ id }) => id);
}

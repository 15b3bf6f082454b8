import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import type { Seen } from "#platform/db-records.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { Webhook, WebhookPage } from "../model.ts";

const columns = `id, url, array_to_json(kinds) as kinds, array_to_json(site_ids) as "siteIds",
  disabled_at is null as "isEnabled", disabled_reason as "disabledReason",
  failing_since as "failingSince",
  case when previous_until > now() then previous_until end as "previousUntil",
  created_by as "createdBy", created_at as "createdAt", version`;

export interface WebhookRow extends Pick<Webhook, "id" | "url" | "kinds" | "siteIds"> {
  readonly secret: string;
  readonly createdBy: string;
}

const insert = statement(
  "webhook_insert",
  `insert into webhooks.webhooks (id, url, kinds, site_ids, secret, created_by)
   values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
);

export async function insertWebhook(tx: Tx, row: WebhookRow): Promise<Webhook> {
  const { id, url, kinds, siteIds, secret, createdBy } = row;
  const [webhook] = await tx.run<Webhook>(insert, [id, url, kinds, siteIds, secret, createdBy]);
  if (webhook === undefined) throw new Error("an insert returns its row");
  return webhook;
}

const find = statement(
  "webhook_find",
  `select ${columns} from webhooks.webhooks where id = $1 and removed_at is null`,
);

export async function findWebhook(db: Db, id: string): Promise<Webhook | undefined> {
  const [webhook] = await db.run<Webhook>(find, [id]);
  return webhook;
}

export async function listWebhooks(db: Db, query: PageQuery): Promise<WebhookPage> {
  const [after] = cursorKeys(query, idKey) ?? [];
  const where = new Where().add("removed_at is null").add("id > ?", after);
  const text = `select ${columns} from webhooks.webhooks ${where.text}
    order by id limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<Webhook>(db, "webhook_list", text, where), query);
}

const update = statement(
  "webhook_update",
  `update webhooks.webhooks set url = $3, kinds = $4, site_ids = $5,
     disabled_at = case when $6 then null else coalesce(disabled_at, now()) end,
     disabled_reason = case when $6 then null else coalesce(disabled_reason, 'off') end,
     failing_since = case when $6 and disabled_at is not null then null else failing_since end,
     version = version + 1
   where id = $1 and version = $2 and removed_at is null returning ${columns}`,
);

export type WebhookChange = Pick<Webhook, "url" | "kinds" | "siteIds" | "isEnabled">;

/** Undefined if the webhook is not of that version. */
export async function updateWebhook(
  tx: Tx,
  seen: Seen,
  { url, kinds, siteIds, isEnabled }: WebhookChange,
): Promise<Webhook | undefined> {
  const values = [seen.id, seen.version, url, kinds, siteIds, isEnabled];
  const [webhook] = await tx.run<Webhook>(update, values);
  return webhook;
}

const remove = statement(
  "webhook_remove",
  `with gone as (
     update webhooks.webhooks set removed_at = now(), secret = null, previous_secret = null,
       previous_until = null, version = version + 1
     where id = $1 and removed_at is null returning id
   ), dead as (
     update webhooks.deliveries set state = 'dead', next_try_at = null
     where webhook_id = $1 and state = 'waiting'
   )
   select id from gone`,
);

/** False if there is none, or no longer. */
export async function removeWebhook(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(remove, [id])).length > 0;
}

const rotate = statement(
  "webhook_rotate",
  `update webhooks.webhooks set previous_secret = secret, secret = $2,
     previous_until = now() + make_interval(hours => $3), version = version + 1
   where id = $1 and removed_at is null returning ${columns}`,
);

/** The secret before stays in force for so many hours. */
export async function rotateSecret(
  tx: Tx,
  id: string,
  secret: string,
  hours: number,
): Promise<Webhook | undefined> {
  const [webhook] = await tx.run<Webhook>(rotate, [id, secret, hours]);
  return webhook;
}

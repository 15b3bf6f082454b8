import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { newId } from "#platform/id.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { Delivery, DeliveryPage } from "../model.ts";

const columns = `id, webhook_id as "webhookId", message_id as "messageId", kind, body, state,
  attempts, next_try_at as "nextTryAt", last_status as "lastStatus",
  last_problem as "lastProblem", created_at as "createdAt", delivered_at as "deliveredAt"`;

export interface NewMessage {
  readonly messageId: string;
  readonly kind: string;
  /** Null is of no site: only for webhooks of the whole company. */
  readonly siteId: string | null;
  readonly body: string;
}

const listeners = statement(
  "webhook_listeners",
  `select id from webhooks.webhooks
   where removed_at is null and disabled_at is null and $1 = any (kinds)
     and (site_ids is null or $2::uuid = any (site_ids)) order by id limit 1000`,
);

const insert = statement(
  "webhook_delivery_insert",
  `insert into webhooks.deliveries (id, webhook_id, message_id, kind, body)
   select u.id, u.webhook_id, $3, $4, $5 from unnest($1::uuid[], $2::uuid[]) as u (id, webhook_id)
   on conflict (webhook_id, message_id) do nothing returning id`,
);

/** One delivery for each webhook that is told of it; what was written before is not again. */
export async function insertDeliveries(tx: Tx, message: NewMessage): Promise<string[]> {
  const found = await tx.run<{ id: string }>(listeners, [message.kind, message.siteId]);
  return insertFor(
    tx,
    found.map(({ id }) => id),
    message,
  );
}

/** For these webhooks, whatever they are told of otherwise. */
export async function insertFor(
  tx: Tx,
  webhookIds: readonly string[],
  { messageId, kind, body }: Omit<NewMessage, "siteId">,
): Promise<string[]> {
  if (webhookIds.length === 0) return [];
  const ids = webhookIds.map(() => newId());
  const rows = await tx.run<{ id: string }>(insert, [ids, webhookIds, messageId, kind, body]);
  return rows.map(({ id }) => id);
}

const find = statement(
  "webhook_delivery_find",
  `select ${columns} from webhooks.deliveries
   where id = $1`,
);

export async function findDelivery(db: Db, id: string): Promise<Delivery | undefined> {
  const [delivery] = await db.run<Delivery>(find, [id]);
  return delivery;
}

export interface DeliveryFilter extends PageQuery {
  readonly webhookId: string;
  readonly state?: string | undefined;
}

export async function listDeliveries(db: Db, query: DeliveryFilter): Promise<DeliveryPage> {
  const [after] = cursorKeys(query, idKey) ?? [];
  const where = new Where()
    .add("webhook_id = ?", query.webhookId)
    .add("state = ?", query.state)
    .add("id < ?", after);
  const text = `select ${columns} from webhooks.deliveries ${where.text}
    order by id desc limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<Delivery>(db, "webhook_delivery_list", text, where), query);
}

const again = statement(
  "webhook_delivery_again",
  `update webhooks.deliveries set state = 'waiting', attempts = 0, next_try_at = now(),
     delivered_at = null
   where id = $1 returning ${columns}`,
);

export async function makeWait(tx: Tx, id: string): Promise<Delivery | undefined> {
  const [delivery] = await tx.run<Delivery>(again, [id]);
  return delivery;
}

const deadOnes = statement(
  "webhook_delivery_dead",
  `select d.id from webhooks.deliveries d join webhooks.webhooks w on w.id = d.webhook_id
   where d.state = 'dead' and w.removed_at is null and w.disabled_at is null
     and ($1::uuid is null or d.webhook_id = $1) order by d.id limit $2`,
);

/** Dead ones of webhooks that are in use. */
export async function listDead(db: Db, webhookId: string | null, limit: number): Promise<string[]> {
  return (await db.run<{ id: string }>(deadOnes, [webhookId, limit])).map(({ id }) => id);
}

import { type Db, statement, type Tx } from "#platform/db.ts";

export interface Try {
  readonly id: string;
  readonly messageId: string;
  readonly body: string;
  readonly attempts: number;
  readonly webhookId: string;
  readonly url: string;
  readonly secrets: readonly string[];
}

// Two who were given the same job: one waits for the other's row, and then finds it claimed.
const claim = statement(
  "webhook_try_claim",
  `update webhooks.deliveries d
   set attempts = d.attempts + 1, claimed_until = now() + interval '20 seconds'
   from webhooks.webhooks w
   where d.id = $1 and d.state = 'waiting' and d.next_try_at <= now()
     and coalesce(d.claimed_until <= now(), true)
     and w.id = d.webhook_id and w.removed_at is null and w.disabled_at is null
   returning d.id, d.message_id as "messageId", d.body, d.attempts, w.id as "webhookId", w.url,
     array_to_json(array_remove(array[w.secret,
       case when w.previous_until > now() then w.previous_secret end], null)) as secrets`,
);

/** Makes the try ours for some seconds; undefined if it is not due, done, or somebody is at it. */
export async function claimTry(tx: Tx, id: string): Promise<Try | undefined> {
  const [found] = await tx.run<Try>(claim, [id]);
  return found;
}

const busy = statement(
  "webhook_try_busy",
  `select exists (select from webhooks.deliveries
     where id = $1 and state = 'waiting' and claimed_until > now()) as "isBusy"`,
);

export async function isBusy(db: Db, id: string): Promise<boolean> {
  const [row] = await db.run<{ isBusy: boolean }>(busy, [id]);
  return row?.isBusy ?? false;
}

const delivered = statement(
  "webhook_try_delivered",
  `with done as (
     update webhooks.deliveries set state = 'delivered', delivered_at = now(), next_try_at = null,
       claimed_until = null, last_status = $2, last_problem = null
     where id = $1 returning webhook_id
   )
   update webhooks.webhooks w set failing_since = null from done
   where w.id = done.webhook_id and w.failing_since is not null`,
);

export async function recordDelivered(tx: Tx, id: string, status: number | null): Promise<void> {
  await tx.run(delivered, [id, status]);
}

export interface Failure {
  readonly id: string;
  readonly status: number | null;
  readonly problem: string;
  /** Null: it is not tried any more. */
  readonly pauseSeconds: number | null;
}

const failed = statement(
  "webhook_try_failed",
  `update webhooks.deliveries
   set state = case when $4::int is null then 'dead' else 'waiting' end,
     next_try_at = now() + make_interval(secs => $4::int), claimed_until = null, last_status = $2,
     last_problem = $3
   where id = $1 and state = 'waiting' returning next_try_at as "nextTryAt"`,
);

const blame = statement(
  "webhook_blame",
  `update webhooks.webhooks set failing_since = coalesce(failing_since, now())
   where id = $1 and failing_since is null`,
);

/** When it is tried next; null if it is not. */
export async function recordFailed(
  tx: Tx,
  webhookId: string,
  { id, status, problem, pauseSeconds }: Failure,
): Promise<string | null> {
  await tx.run(blame, [webhookId]);
  const values = [id, status, problem, pauseSeconds];
  const [row] = await tx.run<{ nextTryAt: string | null }>(failed, values);
  return row?.nextTryAt ?? null;
}

// What waits for a webhook that is switched off is not kept for the day it comes back.
const disable = statement(
  "webhook_disable",
  `with off as (
     update webhooks.webhooks set disabled_at = now(), disabled_reason = $2, version = version + 1
     where id = $1 and disabled_at is null and removed_at is null
       and ($3::int is null or failing_since <= now() - make_interval(days => $3::int))
     returning id
   ), dead as (
     update webhooks.deliveries d set state = 'dead', next_try_at = null from off
     where d.webhook_id = off.id and d.state = 'waiting'
   )
   select id from off`,
);

/** With days: only if it has failed for so long. True if it was this that switched it off. */
export async function disableWebhook(
  tx: Tx,
  id: string,
  reason: "failing" | "gone",
  days: number | null,
): Promise<boolean> {
  return (await tx.run(disable, [id, reason, days])).length > 0;
}

const overdue = statement(
  "webhook_tries_overdue",
  `select d.id from webhooks.deliveries d join webhooks.webhooks w on w.id = d.webhook_id
   where d.state = 'waiting' and d.next_try_at < now() - make_interval(mins => $1)
     and w.removed_at is null and w.disabled_at is null
   order by d.next_try_at limit $2`,
);

/** What should have been tried: its job was lost, as when an archive was restored. */
export async function listOverdue(db: Db, minutes: number, limit: number): Promise<string[]> {
  return (await db.run<{ id: string }>(overdue, [minutes, limit])).map(({ id }) => id);
}

const deleteOld = statement(
  "webhook_deliveries_delete_old",
  `delete from webhooks.deliveries
   where state <> 'waiting' and created_at < now() - make_interval(days => $1)`,
);

export async function deleteOldDeliveries(tx: Tx, days: number): Promise<void> {
  await tx.run(deleteOld, [days]);
}

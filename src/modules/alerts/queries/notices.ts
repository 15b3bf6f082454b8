import { type Db, statement, type Tx } from "#platform/db.ts";
import type { Channel } from "../rules/channels.ts";

const insert = statement(
  "alert_notice_insert",
  "insert into alerts.notices (id, channel, alert_ids) values ($1, $2, $3::uuid[])",
);

export async function insertNotice(
  tx: Tx,
  id: string,
  channel: Channel,
  alertIds: readonly string[],
): Promise<void> {
  await tx.run(insert, [id, channel, alertIds]);
}

export interface Notice {
  readonly id: string;
  readonly channel: Channel;
  readonly alertIds: readonly string[];
}

const claim = statement(
  "alert_notice_claim",
  `update alerts.notices set attempts = attempts + 1, claimed_until = now() + interval '1 minute'
   where id = $1 and sent_at is null and coalesce(claimed_until <= now(), true)
   returning id, channel, array_to_json(alert_ids) as "alertIds"`,
);

/** Makes it ours to send; undefined if it is sent, or somebody is at it. */
export async function claimNotice(tx: Tx, id: string): Promise<Notice | undefined> {
  const [notice] = await tx.run<Notice>(claim, [id]);
  return notice;
}

const unsent = statement(
  "alert_notice_unsent",
  `select exists (select from alerts.notices where id = $1 and sent_at is null) as "isUnsent"`,
);

export async function isUnsent(db: Db, id: string): Promise<boolean> {
  const [row] = await db.run<{ isUnsent: boolean }>(unsent, [id]);
  return row?.isUnsent ?? false;
}

const settle = statement(
  "alert_notice_settle",
  `update alerts.notices set claimed_until = null, sent_at = case when $2 then now() end
   where id = $1 and sent_at is null`,
);

export async function settleNotice(tx: Tx, id: string, isSent: boolean): Promise<void> {
  await tx.run(settle, [id, isSent]);
}

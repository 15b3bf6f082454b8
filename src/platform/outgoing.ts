import { type Database, statement, type Tx } from "./db.ts";
import type { Published } from "./events.ts";
import type { JobQueue } from "./jobs.ts";

/** Of the job that takes events outside: one that waits stands for all of them. */
export const outgoingKey = "outgoing";

const insert = statement(
  "platform_outgoing_insert",
  `insert into platform.outgoing (id, type, site_id, business_date, subject_id, payload, recorded_at)
   select id, type, "siteId", "businessDate", "subjectId", payload, "recordedAt"
   from rows from (json_to_recordset($1::json) as (id uuid, type text, "siteId" uuid,
     "businessDate" date, "subjectId" uuid, payload jsonb, "recordedAt" timestamptz))
     with ordinality as u (id, type, "siteId", "businessDate", "subjectId", payload, "recordedAt", n)
   order by n`,
);

/** Step: puts events in the order in which they are to leave. For the dispatcher, which is alone. */
export async function insertOutgoing(tx: Tx, events: readonly Published[]): Promise<void> {
  await tx.run(insert, [JSON.stringify(events)]);
}

// Held until this transaction ends, as a waiting job is by its key: when it runs it sees our rows.
const holdRetrying = statement(
  "platform_outgoing_hold",
  `select id from pgboss.job_common where name = $1 and state = 'retry'
   limit 1 for update skip locked`,
);

/** Step: a job that failed and will be tried again does for what comes meanwhile. */
export async function standsForMore(tx: Tx, queue: JobQueue): Promise<boolean> {
  return (await tx.run(holdRetrying, [queue.name])).length > 0;
}

// One worker at a time: two would pass each other.
const lock = statement(
  "platform_outgoing_lock",
  "select pg_advisory_xact_lock(hashtextextended('platform.outgoing', 0))",
);

const read = statement(
  "platform_outgoing_read",
  `select position, id, type, site_id as "siteId", business_date as "businessDate",
     subject_id as "subjectId", payload, recorded_at as "recordedAt"
   from platform.outgoing where position > $1 and not subject_id = any ($2::uuid[])
   order by position limit $3`,
);

const remove = statement(
  "platform_outgoing_remove",
  "delete from platform.outgoing where position = any ($1::bigint[])",
);

interface Outgoing extends Published {
  readonly position: number;
}

/**
 * Sends events, those of one subject in their order, and answers which ids have arrived. Of a
 * subject nothing arrives after something that has not.
 */
export type Send = (events: readonly Published[]) => Promise<ReadonlySet<string>>;

const batchSize = 200;

/**
 * Sends what waits, in its order, and takes away what has arrived: at least once, as whoever dies in
 * between sends it again. What is refused holds up its own subject and no other. Throws if anything is left.
 */
export async function forwardOutgoing(
  db: Pick<Database, "withTransaction">,
  send: Send,
): Promise<void> {
  const held = new Set<string>();
  for (let after = 0; ; ) {
    const { taken, left } = await db.withTransaction(async (tx) => {
      await tx.run(lock);
      const batch = await tx.run<Outgoing>(read, [after, [...held], batchSize]);
      if (batch.length === 0) return { taken: batch, left: batch };
      const arrived = await send(batch);
      const isGone = ({ id }: Published) => arrived.has(id);
      tx.later(remove, [batch.filter(isGone).map(({ position }) => position)]);
      return { taken: batch, left: batch.filter((event) => !isGone(event)) };
    });
    for (const { subjectId } of left) held.add(subjectId);
    after = Number(taken.at(-1)?.position ?? after);
    const isOver = taken.length < batchSize || left.length === taken.length;
    if (!isOver) continue;
    if (held.size > 0) throw new Error(`Events of ${held.size} subject(s) have not left`);
    return;
  }
}

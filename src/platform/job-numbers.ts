import { type Db, statement } from "./db.ts";
import { deadSuffix } from "./jobs.ts";

/** One queue, and how it is doing. */
export interface QueueNumbers {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  /** Dead letters included. */
  readonly failed: number;
  /** Seconds since the oldest that is due was sent. */
  readonly lagSeconds: number | null;
}

const numbers = statement(
  "platform_job_numbers",
  `select q.name,
     count(*) filter (where j.name = q.name and j.state in ('created', 'retry'))::int as waiting,
     count(*) filter (where j.name = q.name and j.state = 'active')::int as active,
     count(*) filter (where j.state = 'failed' or j.name <> q.name and j.state = 'created')::int
       as failed,
     round(extract(epoch from now() - min(j.created_on)
       filter (where j.name = q.name and j.state in ('created', 'retry')
         and j.start_after <= now())))::int as "lagSeconds"
   from pgboss.queue q left join pgboss.job_common j
     on j.name in (q.name, q.name || $1) and j.state in ('created', 'retry', 'active', 'failed')
   where not q.name like '%' || $1
   group by q.name order by q.name`,
);

/** All queues, by name. */
export function readJobNumbers(db: Db): Promise<QueueNumbers[]> {
  return db.run<QueueNumbers>(numbers, [deadSuffix]);
}

/** How often something happened, by what was handed on. */
export interface Happened {
  readonly type: string;
  readonly today: number;
  readonly week: number;
  readonly ever: number;
}

const happened = statement(
  "platform_events_happened",
  `select type, coalesce(sum(count) filter (where day = today), 0)::int as today,
     coalesce(sum(count) filter (where day > today - 7), 0)::int as week,
     sum(count)::float8::text as ever
   from platform.event_counts, (select (now() at time zone 'UTC')::date as today) clock
   group by type order by type`,
);

export async function readHappened(db: Db): Promise<Happened[]> {
  const rows = await db.run<Happened & { ever: string | number }>(happened);
  return rows.map((row) => ({ ...row, ever: Number(row.ever) }));
}

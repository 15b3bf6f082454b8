import { type Db, statement } from "#platform/db.ts";
import { deadSuffix } from "#platform/jobs.ts";

export interface WorkNumbers {
  /** Events that wait, counted up to 10,000. */
  readonly eventsWaiting: number;
  /** Since the oldest of them was recorded; 0 if none waits. */
  readonly lagSeconds: number;
  /** What waits, runs and has failed, by queue; dead letters wait in queues of their own. */
  readonly jobs: readonly {
    readonly queue: string;
    readonly state: string;
    readonly count: number;
  }[];
  /** Open alerts by kind; a kind without any is not there. */
  readonly alerts: Readonly<Record<string, number>>;
  /** Events ever handed on, by type. */
  readonly happened: Readonly<Record<string, number>>;
  /** Seconds since 1970; null if the books were never verified. */
  readonly verified: { readonly isSound: boolean; readonly endedAt: number } | null;
}

const work = statement(
  "worker_numbers",
  `select
     (select count(*)::int from (select id from platform.events limit 10000) waiting)
       as "eventsWaiting",
     coalesce((select greatest(extract(epoch from clock_timestamp() - recorded_at), 0)::float8
       from platform.events order by id limit 1), 0)::text as "lagSeconds",
     (select coalesce(json_agg(each), '[]') from (
       select name as queue, state::text as state, count(*)::int as count from pgboss.job_common
       where state in ('created', 'retry', 'active', 'failed') group by 1, 2 order by 1, 2 limit 1000
     ) each) as jobs,
     (select coalesce(json_object_agg(kind, count), '{}') from (
       select kind, count(*)::int as count from alerts.alerts where closed_at is null group by kind
     ) each) as alerts,
     (select coalesce(json_object_agg(type, count), '{}') from (
       select type, sum(count)::float8 as count from platform.event_counts group by type
     ) each) as happened,
     (select json_build_object('isSound', is_sound, 'endedAt', extract(epoch from ended_at))
       from verifications.runs order by ended_at desc limit 1) as verified`,
);

/** Everything a scrape of a worker tells of the work, in one statement. */
export async function readWork(db: Db): Promise<WorkNumbers> {
  const [row] = await db.run<WorkNumbers & { readonly lagSeconds: number | string }>(work);
  if (row === undefined) throw new Error("a select without from has one row");
  return { ...row, lagSeconds: Number(row.lagSeconds) };
}

const due = statement(
  "worker_jobs_due",
  `select exists (select from pgboss.job_common where name = any ($1) and state < 'active'
     and not blocked and start_after <= now()) as "isDue"`,
);

export async function isAnyDue(db: Db, queues: readonly string[]): Promise<boolean> {
  const [row] = await db.run<{ isDue: boolean }>(due, [queues]);
  return row?.isDue ?? false;
}

const strangers = statement(
  "worker_queues_strange",
  `select name from pgboss.queue q where not name = any ($1)
     and exists (select from pgboss.job_common j where j.name = q.name and j.state < 'completed')
   order by name limit 100`,
);

/** Queues that hold work and are none of these. */
export async function listStrangers(db: Db, queues: readonly string[]): Promise<string[]> {
  const known = queues.flatMap((name) => [name, `${name}${deadSuffix}`]);
  return (await db.run<{ name: string }>(strangers, [known])).map(({ name }) => name);
}

export interface DeadLetter {
  readonly id: string;
  readonly job: string;
  /** The job's own id when it failed. */
  readonly jobId: string | null;
  readonly failedAt: string;
  readonly tries: number;
  readonly reason: string;
}

const deadLetters = statement(
  "worker_dead_letters",
  `select id, source_name as job, source_id as "jobId", created_on as "failedAt",
     coalesce(source_retry_count, 0) + 1 as tries,
     coalesce(source_output->>'message', source_output->>'name', source_output->>'code',
       source_output->'value'->>'message', 'unknown') as reason
   from pgboss.job_common
   where name = any (select name from pgboss.queue where name like '%' || $1)
     and ($2::text is null or source_name = $2) and state in ('created', 'failed')
   order by created_on desc, id limit $3`,
);

/** What failed for good and waits to be redriven, the newest first. */
export function listDeadLetters(db: Db, job: string | null, limit: number): Promise<DeadLetter[]> {
  return db.run<DeadLetter>(deadLetters, [deadSuffix, job, limit]);
}

import { type Db, statement } from "#platform/db.ts";
import { deadSuffix } from "#platform/jobs.ts";

export interface Lag {
  /** Events that wait, counted up to 10,000. */
  readonly count: number;
  /** Since the oldest of them was recorded; 0 if none waits. */
  readonly seconds: number;
}

const lag = statement(
  "worker_events_lag",
  `select
     (select count(*)::int from (select id from platform.events limit 10000) waiting) as count,
     coalesce((select greatest(extract(epoch from clock_timestamp() - recorded_at), 0)::float8::text
       from platform.events order by id limit 1), '0') as seconds`,
);

export async function readLag(db: Db): Promise<Lag> {
  const [row] = await db.run<{ count: number; seconds: string }>(lag);
  return { count: row?.count ?? 0, seconds: Number(row?.seconds ?? 0) };
}

export interface JobCount {
  readonly queue: string;
  readonly state: string;
  readonly count: number;
}

const counts = statement(
  "worker_job_counts",
  `select name as queue, state::text as state, count(*)::int as count from pgboss.job_common
   where state in ('created', 'retry', 'active', 'failed') group by 1, 2 order by 1, 2 limit 1000`,
);

/** What waits, runs and has failed, by queue; dead letters wait in queues of their own. */
export function countJobs(db: Db): Promise<JobCount[]> {
  return db.run<JobCount>(counts);
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

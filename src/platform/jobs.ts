import type { TSchema } from "@sinclair/typebox";
import type { Ctx } from "./context.ts";
import { statement, type Tx } from "./db.ts";

/** What a kind of job is: where it waits and how often it is tried. Seconds and counts. */
export interface JobQueue<Payload = unknown> {
  /** `reports.rebuild-day`: stored, so it never changes. */
  readonly name: string;
  /** What does not fit it goes to the dead letters without being tried. */
  readonly shape: TSchema & { readonly static: Payload };
  readonly retryLimit: number;
  /** The first pause; it doubles each time, with some chance, up to the longest. */
  readonly retryDelaySeconds: number;
  readonly retryDelayMaxSeconds: number;
  /** A handler that takes longer is given up, and the job tried again. */
  readonly expireSeconds: number;
  /** How many are taken at once; they run one after the other. */
  readonly batchSize: number;
  /** How long what was done stays to be looked at. */
  readonly keepSeconds: number;
}

/** When a job is due by itself: at each full interval of UTC, moved by the offset. Minutes. */
export interface Schedule {
  readonly everyMinutes: number;
  readonly offsetMinutes?: number;
}

export interface JobDefinition<Payload = unknown> extends JobQueue<Payload> {
  readonly schedule: Schedule | undefined;
  /** Whose jobs it asks for: they are looked for at once. */
  readonly wakes: readonly JobQueue[];
  /** One call of a use case. It may run twice for one job, and at the same time as for another. */
  handler(ctx: Ctx, payload: Payload): Promise<unknown>;
}

type Options<Payload> = Pick<JobQueue<Payload>, "name" | "shape"> & Partial<JobQueue<Payload>>;

const jobName = /^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/;

/** Ten tries take about a quarter of an hour. */
const defaults = {
  retryLimit: 10,
  retryDelaySeconds: 1,
  retryDelayMaxSeconds: 300,
  expireSeconds: 300,
  batchSize: 1,
  keepSeconds: 86_400,
} as const;

/** The queue alone, for services that enqueue a job whose handler calls them. */
export function defineQueue<Payload>(options: Options<Payload>): JobQueue<Payload> {
  if (!jobName.test(options.name)) {
    throw new Error(`A job is called module.what-it-does, not ${options.name}`);
  }
  return { ...defaults, ...options };
}

export function defineJob<Payload>(
  options: Options<Payload> & {
    readonly handler: JobDefinition<Payload>["handler"];
    readonly schedule?: Schedule | undefined;
    readonly wakes?: readonly JobQueue[];
  },
): JobDefinition<Payload> {
  const { handler, schedule, wakes = [] } = options;
  return { ...defineQueue(options), handler, schedule, wakes };
}

export interface EnqueueOptions {
  /** A job of this queue that still waits under the same key stands for this one too. */
  readonly key?: string | undefined;
  /** RFC 3339; not before then. */
  readonly startAfter?: string | undefined;
}

/** Asks for a job if and only if the transaction commits. */
export function enqueue<Payload>(
  tx: Tx,
  queue: JobQueue<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): Promise<void> {
  return enqueueAll(tx, queue, [{ payload, ...options }]);
}

export interface Waiting<Payload = unknown> extends EnqueueOptions {
  readonly payload: Payload;
}

/** Many jobs of one queue in one statement. */
export async function enqueueAll<Payload>(
  tx: Tx,
  queue: JobQueue<Payload>,
  jobs: readonly Waiting<Payload>[],
): Promise<void> {
  const rows = new Map(
    jobs.map(({ payload, key, startAfter }, index) => [
      key ?? index,
      { data: payload, singleton_key: key, start_after: startAfter },
    ]),
  );
  if (rows.size > 0)
    await tx.run(insertJobs, [...queueValues(queue), JSON.stringify([...rows.values()])]);
}

/** Enqueues the job that is due by its schedule, unless somebody has: nothing is ever due twice. */
export async function enqueueDue(tx: Tx, job: JobDefinition, schedule: Schedule): Promise<void> {
  const { everyMinutes, offsetMinutes = 0 } = schedule;
  await tx.run(insertDue, [...queueValues(job), everyMinutes, offsetMinutes]);
}

/** Makes the queue known, with its dead letters, and its settings those of this version. */
export async function defineInDatabase(tx: Tx, queue: JobQueue): Promise<void> {
  await tx.run(upsertQueue, queueValues(queue));
}

/** Where jobs end that failed for good. */
export function deadLettersOf(queue: Pick<JobQueue, "name">): string {
  return `${queue.name}${deadSuffix}`;
}

export const deadSuffix = ".dead";

/** A worker that is gone is noticed after so long: its jobs are tried again elsewhere. */
const heartbeatSeconds = 20;
/** How long a job may wait, and a dead letter lie. */
const retentionSeconds = 90 * 86_400;

function queueValues(queue: JobQueue): readonly unknown[] {
  return [
    queue.name,
    deadLettersOf(queue),
    queue.retryLimit,
    queue.retryDelaySeconds,
    queue.retryDelayMaxSeconds,
    queue.expireSeconds,
    queue.keepSeconds,
    heartbeatSeconds,
    retentionSeconds,
  ];
}

// $1 name, $2 dead letters, $3 retries, $4 first pause, $5 longest pause, $6 expiry, $7 kept when
// done, $8 heartbeat, $9 retention. A dead letter is nobody's to work: it only waits to be redriven.
const queueRows = `
  insert into pgboss.queue (name, policy, dead_letter, retry_limit, retry_delay, retry_backoff,
    retry_delay_max, expire_seconds, deletion_seconds, heartbeat_seconds, retention_seconds,
    partition, table_name)
  values
    ($2, 'standard', null, 0, 0, false, null, 900, $9::int, null, $9::int, false, 'job_common'),
    ($1, 'standard', $2, $3::int, $4::int, true, $5::int, $6::int, $7::int, $8::int, $9::int, false,
      'job_common')
  on conflict (name)`;

const upsertQueue = statement(
  "platform_job_queue_upsert",
  `${queueRows} do update set dead_letter = excluded.dead_letter, retry_limit = excluded.retry_limit,
     retry_delay = excluded.retry_delay, retry_delay_max = excluded.retry_delay_max,
     expire_seconds = excluded.expire_seconds, deletion_seconds = excluded.deletion_seconds,
     heartbeat_seconds = excluded.heartbeat_seconds,
     retention_seconds = excluded.retention_seconds, updated_on = now()
   where (queue.retry_limit, queue.retry_delay, queue.retry_delay_max, queue.expire_seconds,
       queue.deletion_seconds, queue.heartbeat_seconds, queue.retention_seconds)
     is distinct from (excluded.retry_limit, excluded.retry_delay, excluded.retry_delay_max,
       excluded.expire_seconds, excluded.deletion_seconds, excluded.heartbeat_seconds,
       excluded.retention_seconds)`,
);

// As pg-boss's own insert writes it, with the queue's settings from the code instead of a look-up. Of a
// queue that no worker has made yet the row is made here, so that no job is refused or lost before
// the first worker runs.
const insertInto = `with made as (${queueRows} do nothing)
   insert into pgboss.job_common (name, data, policy, singleton_key, singleton_on, start_after,
     keep_until, dead_letter, retry_limit, retry_delay, retry_backoff, retry_delay_max,
     expire_seconds, deletion_seconds, heartbeat_seconds)`;
const settings = "$2, $3::int, $4::int, true, $5::int, $6::int, $7::int, $8::int";

// A job that waits under the key is locked until this transaction ends, and a worker passes over it:
// when it runs it sees what was done here. One that runs already does not count. In the order of the
// keys, so that two who enqueue the same ones wait for each other in turn.
const insertJobs = statement(
  "platform_job_enqueue",
  `${insertInto}
   select $1, data, case when singleton_key is null then 'standard' else 'short' end,
     singleton_key, null, coalesce(start_after, now()),
     coalesce(start_after, now()) + make_interval(secs => $9::int), ${settings}
   from json_to_recordset($10::json)
     as job (data jsonb, singleton_key text, start_after timestamptz)
   order by singleton_key
   on conflict (name, coalesce(singleton_key, '')) where state = 'created' and policy = 'short'
     do update set singleton_key = excluded.singleton_key`,
);

// By PostgreSQL's clock, whatever those of the workers say; job_i4 keeps one job for each slot.
const insertDue = statement(
  "platform_job_enqueue_due",
  `${insertInto}
   select $1, '{}', 'standard', null, slot at time zone 'UTC', now(),
     now() + make_interval(secs => $9::int), ${settings}
   from date_bin(make_interval(mins => $10::int), now(),
     timestamptz 'epoch' + make_interval(mins => $11::int)) as slot
   on conflict do nothing`,
);

import { type Database, statement, type Tx } from "./db.ts";
import type { Published, Subscription } from "./events.ts";
import { enqueueAll, type JobQueue, type Waiting } from "./jobs.ts";
import { insertOutgoing, outgoingKey, standsForMore } from "./outgoing.ts";

// One at a time, however many workers there are: what two hand on would be in no order. Whoever dies
// lets go of it with its connection.
const lockDispatch = statement(
  "platform_dispatch_lock",
  "select pg_advisory_xact_lock(hashtextextended('platform.events', 0))",
);

// Whatever is there, in about the order it was recorded: no watermark, which would pass over what
// commits late. Events of types this version does not know stay for one that does.
const takeEvents = statement(
  "platform_events_take",
  `with taken as (
     delete from platform.events where id = any (array(
       select id from platform.events where type = any ($1) order by id limit $2
       for update skip locked))
     returning *
   )
   select id, type, site_id as "siteId", business_date as "businessDate",
     subject_id as "subjectId", payload, recorded_at as "recordedAt"
   from taken order by recorded_at, id`,
);

const countEvents = statement(
  "platform_events_count",
  `insert into platform.event_counts as t (type, day, count)
   select type, (recorded_at at time zone 'UTC')::date, count(*)
   from unnest($1::text[], $2::timestamptz[]) as u (type, recorded_at)
   group by 1, 2 order by 1, 2
   on conflict (type, day) do update set count = t.count + excluded.count`,
);

export interface Handlers {
  readonly subscriptions: readonly Subscription[];
  /** Types of events that this version knows. */
  readonly known: readonly string[];
  /** Takes every event outside, if there is such a place. */
  readonly forwardBy?: JobQueue | undefined;
}

export interface Dispatched {
  readonly events: number;
  /** The jobs' queues that were given something to do. */
  readonly queues: ReadonlySet<string>;
}

/**
 * Hands a batch of events to the jobs that subscribed, counts them, and takes them off the table, in
 * one transaction: each becomes its jobs exactly once, whoever dies meanwhile.
 */
export function dispatchEvents(
  db: Pick<Database, "withTransaction">,
  { subscriptions, known, forwardBy }: Handlers,
  limit: number,
): Promise<Dispatched> {
  return db.withTransaction(async (tx) => {
    await tx.run(lockDispatch);
    const events = await tx.run<Published>(takeEvents, [known, limit]);
    if (events.length === 0) return { events: 0, queues: new Set() };
    const jobs = jobsOf(events, subscriptions);
    if (forwardBy !== undefined) await forward(tx, forwardBy, events, jobs);
    // In one order, so that it waits in turn with whoever else gives to the same queues.
    const queues = [...jobs.keys()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const queue of queues) await enqueueAll(tx, queue, jobs.get(queue) ?? []);
    const types = events.map(({ type }) => type);
    tx.later(countEvents, [types, events.map(({ recordedAt }) => recordedAt)]);
    return { events: events.length, queues: new Set(queues.map(({ name }) => name)) };
  });
}

async function forward(
  tx: Tx,
  queue: JobQueue,
  events: readonly Published[],
  jobs: Map<JobQueue, Waiting[]>,
): Promise<void> {
  await insertOutgoing(tx, events);
  if (await standsForMore(tx, queue)) return;
  jobs.set(queue, [{ payload: {}, key: outgoingKey }]);
}

function jobsOf(events: readonly Published[], subscriptions: readonly Subscription[]) {
  const jobs = new Map<JobQueue, Waiting[]>();
  for (const event of events) {
    for (const { event: type, job, toJob } of subscriptions) {
      if (type.name !== event.type) continue;
      const wanted = jobOf(event, toJob);
      if (wanted === undefined) continue;
      const waiting = jobs.get(job) ?? [];
      waiting.push(wanted);
      jobs.set(job, waiting);
    }
  }
  return jobs;
}

// One that nobody can read must not hold up the rest: as it is it fits no job's shape, so the worker puts
// it with the job's dead letters.
function jobOf(event: Published, toJob: Subscription["toJob"]): Waiting | undefined {
  try {
    return toJob(event);
  } catch {
    return { payload: event };
  }
}

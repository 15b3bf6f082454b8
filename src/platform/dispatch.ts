import { type Database, statement } from "./db.ts";
import type { Published, Subscription } from "./events.ts";
import { enqueueAll, type JobQueue, type Waiting } from "./jobs.ts";

// Whatever is there, in about the order it was recorded: no watermark, which would pass over what
// commits late. Events of types this version does not know stay for one that does.
const takeEvents = statement(
  "platform_events_take",
  `delete from platform.events where id = any (array(
     select id from platform.events where type = any ($1) order by id limit $2
     for update skip locked))
   returning id, type, site_id as "siteId", business_date as "businessDate",
     subject_id as "subjectId", payload, recorded_at as "recordedAt"`,
);

export interface Dispatched {
  readonly events: number;
  /** The jobs' queues that were given something to do. */
  readonly queues: ReadonlySet<string>;
}

/**
 * Hands a batch of events to the jobs that subscribed, and takes them off the table, in one
 * transaction: each becomes its jobs exactly once, whoever dies meanwhile.
 */
export function dispatchEvents(
  db: Pick<Database, "withTransaction">,
  subscriptions: readonly Subscription[],
  known: readonly string[],
  limit: number,
): Promise<Dispatched> {
  return db.withTransaction(async (tx) => {
    const events = await tx.run<Published>(takeEvents, [known, limit]);
    const jobs = jobsOf(events, subscriptions);
    // In one order, so that two dispatchers that give to the same queues wait in turn.
    const queues = [...jobs.keys()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const queue of queues) await enqueueAll(tx, queue, jobs.get(queue) ?? []);
    return { events: events.length, queues: new Set(queues.map(({ name }) => name)) };
  });
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

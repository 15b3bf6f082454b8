import type { Static, TObject } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { statement, type Tx } from "./db.ts";
import { newId } from "./id.ts";
import type { JobQueue } from "./jobs.ts";

/** A kind of thing that happens, such as `sale.recorded`: its name is stored, so it never changes. */
export interface EventType<Payload extends TObject = TObject> {
  readonly name: string;
  readonly shape: Payload;
}

/** What happened: where, on which business date, and to which record. */
export interface Happening<Payload> {
  /** Null if it holds for the whole company. */
  readonly siteId: string | null;
  /** The site's trading day it belongs to, `2026-11-27`; null if it has none. */
  readonly businessDate: string | null;
  readonly subjectId: string;
  /** Ids and no more: whoever hears of it reads the books. */
  readonly payload: Payload;
}

/** A committed event as its subscribers get it: at least once, in no promised order. */
export interface Published<Payload = unknown> extends Happening<Payload> {
  /** The same each time it is delivered. */
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
}

const eventName = /^[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*$/;

export function defineEvent<Payload extends TObject>(
  name: string,
  shape: Payload,
): EventType<Payload> {
  if (!eventName.test(name)) throw new Error(`An event is called noun.happened, not ${name}`);
  return { name, shape };
}

// No look-up, no lock that two sales would share, one index: this stands in the path of every sale.
const insertEvent = statement(
  "platform_event_publish",
  `insert into platform.events (id, type, site_id, business_date, subject_id, payload)
   values ($1, $2, $3, $4, $5, $6)`,
);

/**
 * Publishes an event if and only if the transaction commits. It travels with COMMIT, so it costs no
 * round trip; the worker hands it to its subscribers afterwards.
 */
export function publish<Payload extends TObject>(
  tx: Tx,
  type: EventType<Payload>,
  { siteId, businessDate, subjectId, payload }: Happening<Static<Payload>>,
): void {
  const values = [siteId, businessDate, subjectId, JSON.stringify(payload)];
  tx.later(insertEvent, [newId(), type.name, ...values]);
}

/** Which job an event becomes. */
export interface Subscription {
  readonly event: EventType;
  readonly job: JobQueue;
  /** The job's payload and key; undefined if this event is none of its business. */
  readonly toJob: (event: Published) => SubscribedJob | undefined;
}

export interface SubscribedJob<Payload = unknown> {
  readonly payload: Payload;
  /** With a key, a job that still waits under it stands for this event too. */
  readonly key?: string;
}

/**
 * Lets a job hear of events. Whatever the job reads was committed before it is asked to, also when one
 * job stands for several events.
 */
export function subscribe<Payload extends TObject, JobPayload>(
  event: EventType<Payload>,
  job: JobQueue<JobPayload>,
  toJob: (event: Published<Static<Payload>>) => SubscribedJob<JobPayload> | undefined,
): Subscription {
  return {
    event,
    job: job as JobQueue,
    toJob: (published) => {
      if (!Value.Check(event.shape, published.payload)) {
        throw new Error(`Event ${published.id} is not what ${event.name} says it holds`);
      }
      return toJob(published as Published<Static<Payload>>);
    },
  };
}

import { type EventType, type Subscription, subscribe } from "#platform/events.ts";
import { defineJob } from "#platform/jobs.ts";
import { Strict } from "#platform/schema.ts";
import { HeardEvent } from "./model.ts";
import { announceEvent } from "./service/announce.ts";
import { deliver, sweepDeliveries } from "./service/deliver.ts";
import { deliveryQueue } from "./service/queue.ts";

export const deliverJob = defineJob({
  ...deliveryQueue,
  handler: (ctx, { deliveryId }) => deliver(ctx, deliveryId),
});

/** Each event once, however many webhooks there are. */
export const announceJob = defineJob({
  name: "webhooks.announce",
  shape: HeardEvent,
  handler: (ctx, event) => announceEvent(ctx, event),
  batchSize: 50,
  keepSeconds: 3_600,
});

export const sweepJob = defineJob({
  name: "webhooks.sweep",
  shape: Strict({}),
  handler: (ctx) => sweepDeliveries(ctx),
  schedule: { everyMinutes: 10, offsetMinutes: 4 },
  retryLimit: 3,
  keepSeconds: 86_400,
});

/** Webhooks may be told of every event. */
export function announced(event: EventType): Subscription {
  return subscribe(event, announceJob, (published) => ({ payload: published }));
}

import type { TopicName } from "#platform/config-worker.ts";
import { defineJob, defineQueue, type JobDefinition } from "#platform/jobs.ts";
import { forwardOutgoing } from "#platform/outgoing.ts";
import { Strict } from "#platform/schema.ts";
import { openTopic } from "./pubsub.ts";

/**
 * Takes committed events to a topic of Google Pub/Sub. What does not leave stays where it is: a dead
 * letter of this job says that for long nothing left, and its next run goes on with all there is.
 */
export const forwardQueue = defineQueue({
  name: "events.forward",
  shape: Strict({}),
  retryLimit: 20,
  retryDelayMaxSeconds: 30,
});

export function forwardJob(name: TopicName): JobDefinition {
  const send = openTopic(name);
  return defineJob({
    ...forwardQueue,
    handler: (ctx) => forwardOutgoing(ctx.app.db, send),
    // In case a job ended with the dead letters and nothing has happened since.
    schedule: { everyMinutes: 5 },
  });
}

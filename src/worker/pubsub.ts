import type { Topic } from "@google-cloud/pubsub";
import type { TopicName } from "#platform/config-worker.ts";
import type { Published } from "#platform/events.ts";
import type { Send } from "#platform/outgoing.ts";

/** Of the message's JSON: raised when a reader of the one before would misread it. */
const schemaVersion = 1;

// A batch is sent inside a transaction that may be idle for 15 s by default.
const patienceMs = 6_000;

/**
 * Sends events to a topic of Google Pub/Sub, each as one message: JSON, its id and type as
 * attributes, ordered by subject. The client finds its credentials, or an emulator, by itself.
 */
export function openTopic(name: TopicName): Send {
  let topic: Promise<Topic> | undefined;
  return async (events) => {
    topic ??= connect(name);
    const open = await topic;
    const sent = await Promise.allSettled(events.map((event) => publish(open, event)));
    const arrived = new Set<string>();
    for (const [index, { id, subjectId }] of events.entries()) {
      if (sent[index]?.status === "fulfilled") arrived.add(id);
      else open.resumePublishing(subjectId);
    }
    return arrived;
  };
}

// Loaded when it is used: most installations have no topic.
async function connect({ projectId, topic }: TopicName): Promise<Topic> {
  const { PubSub } = await import("@google-cloud/pubsub");
  return new PubSub({ projectId }).topic(topic, {
    messageOrdering: true,
    batching: { maxMessages: 100, maxMilliseconds: 1 },
    gaxOpts: {
      timeout: patienceMs,
      retry: {
        retryCodes: retryable,
        backoffSettings: {
          initialRetryDelayMillis: 100,
          retryDelayMultiplier: 2,
          maxRetryDelayMillis: 1_000,
          initialRpcTimeoutMillis: patienceMs / 2,
          rpcTimeoutMultiplier: 1,
          maxRpcTimeoutMillis: patienceMs / 2,
          totalTimeoutMillis: patienceMs,
        },
      },
    },
  });
}

/** ABORTED, UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and INTERNAL of gRPC. */
const retryable = [10, 14, 4, 8, 13];

function publish(topic: Topic, event: Published): Promise<string> {
  const { id, type, siteId, businessDate, subjectId, payload, recordedAt } = event;
  const message = {
    schemaVersion,
    id,
    type,
    siteId,
    businessDate,
    subjectId,
    payload,
    recordedAt,
  };
  return topic.publishMessage({
    data: Buffer.from(JSON.stringify(message)),
    attributes: { id, type },
    orderingKey: subjectId,
  });
}

import type { Tx } from "#platform/db.ts";
import { defineQueue, enqueueAll } from "#platform/jobs.ts";
import { DeliveryJob } from "../model.ts";

/** A job makes one try. That it is tried again is up to the delivery, so jobs fail only by accident. */
export const deliveryQueue = defineQueue({
  name: "webhooks.deliver",
  shape: DeliveryJob,
  expireSeconds: 60,
  retryLimit: 20,
  retryDelaySeconds: 5,
  batchSize: 5,
  keepSeconds: 3_600,
});

export function enqueueTries(
  tx: Tx,
  ids: readonly string[],
  startAfter?: string | undefined,
): Promise<void> {
  return enqueueAll(
    tx,
    deliveryQueue,
    ids.map((deliveryId) => ({ payload: { deliveryId }, startAfter })),
  );
}

import { type EventType, type Subscription, subscribe } from "#platform/events.ts";
import { defineJob } from "#platform/jobs.ts";
import { Strict, Type } from "#platform/schema.ts";
import { evaluate } from "./service/evaluate.ts";
import { sendNotice } from "./service/notify.ts";
import { noticeQueue } from "./service/queue.ts";

export const evaluateSitesJob = defineJob({
  name: "alerts.evaluate-sites",
  shape: Strict({ siteIds: Type.Array(Type.String()) }),
  handler: (ctx, { siteIds }) => evaluate(ctx, siteIds),
  keepSeconds: 3_600,
});

/** What changes with time alone, and what no event tells of. */
export const evaluateAllJob = defineJob({
  name: "alerts.evaluate-all",
  shape: Strict({}),
  handler: (ctx) => evaluate(ctx, []),
  schedule: { everyMinutes: 5, offsetMinutes: 1 },
  retryLimit: 3,
  keepSeconds: 3_600,
});

export const notifyJob = defineJob({
  ...noticeQueue,
  handler: (ctx, { noticeId }) => sendNotice(ctx, noticeId),
});

/** What changes stock, or when it is low: at one site, or at all of them. */
export function evaluatedAfter(event: EventType): Subscription {
  return subscribe(event, evaluateSitesJob, ({ siteId }) => {
    return { payload: { siteIds: siteId === null ? [] : [siteId] }, key: siteId ?? "all" };
  });
}

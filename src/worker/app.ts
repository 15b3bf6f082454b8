import {
  evaluateAllJob,
  evaluatedAfter,
  evaluateSitesJob,
  notifyJob,
} from "#modules/alerts/jobs.ts";
import { auditEvents } from "#modules/audit/index.ts";
import { sealJob, sendJob, sent } from "#modules/audit/jobs.ts";
import { catalogEvents, catalogTag } from "#modules/catalog/index.ts";
import { productionEvents } from "#modules/production/index.ts";
import { reportJobs, reportSubscriptions } from "#modules/reports/jobs.ts";
import { historyRecorded, salesEvents } from "#modules/sales/index.ts";
import { sitesEvents } from "#modules/sites/index.ts";
import { stockEvents } from "#modules/stock/index.ts";
import { uploadJobs } from "#modules/uploads/jobs.ts";
import { verifyJob } from "#modules/verifications/jobs.ts";
import { announced, announceJob, deliverJob, sweepJob } from "#modules/webhooks/jobs.ts";
import { forgetJob } from "#platform/cache-job.ts";
import type { WorkerSettings } from "#platform/config-worker.ts";
import { type EventType, type Subscription, subscribe } from "#platform/events.ts";
import { defineJob, type JobDefinition, type JobQueue } from "#platform/jobs.ts";
import { deleteOldAnswers } from "#platform/old-answers.ts";
import { Strict } from "#platform/schema.ts";
import { forwardJob, forwardQueue } from "./forward.ts";

/** What this worker does: every job, every event, and which job hears of which. */
export interface Parts {
  readonly jobs: readonly JobDefinition[];
  readonly events: readonly EventType[];
  readonly subscriptions: readonly Subscription[];
  /** The job that takes every event outside, if there is a place for them. */
  readonly forwardBy?: JobQueue;
}

const deleteAnswersJob = defineJob({
  name: "platform.delete-old-answers",
  shape: Strict({}),
  handler: (ctx) => deleteOldAnswers(ctx.app.db),
  schedule: { everyMinutes: 1_440, offsetMinutes: 100 },
  keepSeconds: 7 * 86_400,
});

const alertJobs = [evaluateSitesJob, evaluateAllJob, notifyJob];
const webhookJobs = [announceJob, deliverJob, sweepJob];

const events = [
  ...catalogEvents,
  ...productionEvents,
  ...salesEvents,
  ...sitesEvents,
  ...stockEvents,
];
/** What moves stock, or says when it is low. */
const alerting = [...catalogEvents, ...productionEvents, ...salesEvents, ...stockEvents].filter(
  ({ name }) => name !== historyRecorded.name,
);

const forgetting = catalogEvents.map((event) =>
  subscribe(event, forgetJob, () => ({ payload: { tags: [catalogTag] }, key: catalogTag })),
);

const parts: Parts = {
  jobs: [
    deleteAnswersJob,
    forgetJob,
    sealJob,
    sendJob,
    verifyJob,
    ...reportJobs,
    ...alertJobs,
    ...webhookJobs,
    ...uploadJobs,
  ],
  events: [...auditEvents, ...events],
  subscriptions: [
    sent,
    ...forgetting,
    ...reportSubscriptions,
    ...alerting.map(evaluatedAfter),
    ...events.map(announced),
  ],
};

/** The parts of a worker: with a topic, events go there too. */
export function partsOf({ topic }: Pick<WorkerSettings, "topic">): Parts {
  if (topic === undefined) return parts;
  return { ...parts, jobs: [...parts.jobs, forwardJob(topic)], forwardBy: forwardQueue };
}

/** Every job there is, whether this installation has a use for it or not. */
export const jobQueues: readonly JobQueue[] = [...parts.jobs, forwardQueue];

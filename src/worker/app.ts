import {
  evaluateAllJob,
  evaluatedAfter,
  evaluateSitesJob,
  notifyJob,
} from "#modules/alerts/jobs.ts";
import { sealJob } from "#modules/audit/jobs.ts";
import { saleRecorded } from "#modules/sales/index.ts";
import { verifyJob } from "#modules/verifications/jobs.ts";
import { announced, announceJob, deliverJob, sweepJob } from "#modules/webhooks/jobs.ts";
import type { EventType, Subscription } from "#platform/events.ts";
import { defineJob, type JobDefinition } from "#platform/jobs.ts";
import { deleteOldAnswers } from "#platform/old-answers.ts";
import { Strict } from "#platform/schema.ts";

/** What this worker does: every job, every event, and which job hears of which. */
export interface Parts {
  readonly jobs: readonly JobDefinition[];
  readonly events: readonly EventType[];
  readonly subscriptions: readonly Subscription[];
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

/** What moves stock, or says when it is low. */
const stockEvents: readonly EventType[] = [saleRecorded];
const events: readonly EventType[] = [...stockEvents];

export const parts: Parts = {
  jobs: [deleteAnswersJob, sealJob, verifyJob, ...alertJobs, ...webhookJobs],
  events,
  subscriptions: [...stockEvents.map(evaluatedAfter), ...events.map(announced)],
};

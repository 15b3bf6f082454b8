import { sealJob } from "#modules/audit/jobs.ts";
import { catalogEvents, catalogTag } from "#modules/catalog/index.ts";
import { saleRecorded } from "#modules/sales/index.ts";
import { verifyJob } from "#modules/verifications/jobs.ts";
import { forgetJob } from "#platform/cache-job.ts";
import { type EventType, type Subscription, subscribe } from "#platform/events.ts";
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

export const parts: Parts = {
  jobs: [deleteAnswersJob, forgetJob, sealJob, verifyJob],
  events: [...catalogEvents, saleRecorded],
  subscriptions: catalogEvents.map((event) =>
    subscribe(event, forgetJob, () => ({ payload: { tags: [catalogTag] }, key: catalogTag })),
  ),
};

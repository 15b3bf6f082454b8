import { productionEvents } from "#modules/production/index.ts";
import { historyRecorded, saleRecorded, saleRefunded, saleVoided } from "#modules/sales/index.ts";
import { siteClockChanged } from "#modules/sites/index.ts";
import {
  lotHeld,
  lotReleased,
  priceCorrected,
  stockEvents,
  stockOpened,
} from "#modules/stock/index.ts";
import { type EventType, type Published, type Subscription, subscribe } from "#platform/events.ts";
import { defineJob } from "#platform/jobs.ts";
import { Strict, Type } from "#platform/schema.ts";
import { exportQueue } from "./service/exports.ts";
import { ChangeToFollow, dayKey, followChange, recomputeQueue } from "./service/follow.ts";
import { rebuildReports, recomputeDays } from "./service/recompute.ts";
import { deliverExport, sweepExports } from "./service/render.ts";

const recomputeJob = defineJob({
  ...recomputeQueue,
  handler: (ctx, day) => recomputeDays(ctx, [day]),
});

const followJob = defineJob({
  name: "reports.follow-change",
  shape: ChangeToFollow,
  handler: followChange,
  wakes: [recomputeQueue],
  batchSize: 10,
});

const rebuildJob = defineJob({
  name: "reports.rebuild-site",
  shape: Strict({ siteId: Type.String() }),
  handler: (ctx, { siteId }) => rebuildReports(ctx, { siteId }),
  expireSeconds: 3_600,
});

const exportJob = defineJob({
  ...exportQueue,
  handler: (ctx, { exportId }) => deliverExport(ctx, exportId),
});

const sweepExportsJob = defineJob({
  name: "reports.sweep-exports",
  shape: Strict({}),
  handler: sweepExports,
  schedule: { everyMinutes: 5, offsetMinutes: 2 },
  keepSeconds: 3_600,
});

export const reportJobs = [
  recomputeJob,
  followJob,
  rebuildJob,
  exportJob,
  sweepExportsJob,
] as const;

function change(event: Published, subjectId = event.subjectId, key?: string) {
  const { id: eventId, siteId, businessDate, recordedAt } = event;
  if (siteId === null || businessDate === null) return undefined;
  const payload = { eventId, siteId, businessDate, subjectId, recordedAt };
  return { payload, ...(key === undefined ? {} : { key }) };
}

// What a sale touches depends on its day and on the minute it was recorded in, which no zone and no
// cutover divides: so one job does for all of a day's sales within a minute.
const followSales = subscribe(saleRecorded, followJob, (event) => {
  const { siteId, businessDate, recordedAt } = event;
  return change(event, event.subjectId, `${siteId} ${businessDate} ${recordedAt.slice(0, 16)}`);
});

// History has neither stock nor cost: it touches its own day only.
const computeHistory = subscribe(historyRecorded, recomputeJob, ({ id, siteId, businessDate }) => {
  if (siteId === null || businessDate === null) return undefined;
  return { payload: { siteId, businessDate, eventId: id }, key: dayKey(siteId, businessDate) };
});

// Holds move nothing; the others are followed in a way of their own.
const isOther: ReadonlySet<EventType> = new Set<EventType>([
  lotHeld,
  lotReleased,
  priceCorrected,
  stockOpened,
]);
const ofWholeSite = [stockOpened, siteClockChanged] as const;
const asTheyAre: readonly EventType[] = [
  saleVoided,
  ...stockEvents.filter((event) => !isOther.has(event)),
  ...productionEvents,
];

export const reportSubscriptions: readonly Subscription[] = [
  followSales,
  computeHistory,
  subscribe(saleRefunded, followJob, (event) => change(event, event.payload.refundId)),
  subscribe(priceCorrected, followJob, (event) => change(event, event.payload.correctionId)),
  ...asTheyAre.map((event) => subscribe(event, followJob, (published) => change(published))),
  ...ofWholeSite.map((event) =>
    subscribe(event, rebuildJob, ({ siteId }) =>
      siteId === null ? undefined : { payload: { siteId }, key: siteId },
    ),
  ),
];

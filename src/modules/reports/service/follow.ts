import type { Ctx } from "#platform/context.ts";
import { defineQueue, enqueueAll } from "#platform/jobs.ts";
import { type Static, Strict, Type } from "#platform/schema.ts";
import { touchedDays } from "./recompute.ts";

export const DayToCompute = Strict({
  siteId: Type.String(),
  businessDate: Type.String(),
  eventId: Type.String(),
});

/** Computes one day of one site; one that waits stands for all who ask for that day. */
export const recomputeQueue = defineQueue({
  name: "reports.recompute-day",
  shape: DayToCompute,
  batchSize: 10,
});

export const ChangeToFollow = Strict({
  eventId: Type.String(),
  siteId: Type.String(),
  businessDate: Type.String(),
  subjectId: Type.String(),
  recordedAt: Type.String(),
});
export type ChangeToFollow = Static<typeof ChangeToFollow>;

/** Asks for each day that a change of the books has touched. For the worker. */
export async function followChange(ctx: Ctx, change: ChangeToFollow): Promise<void> {
  const { eventId } = change;
  const days = await touchedDays(ctx, change);
  const jobs = days.map(({ siteId, businessDate }) => ({
    payload: { siteId, businessDate, eventId },
    key: dayKey(siteId, businessDate),
  }));
  await ctx.app.db.withTransaction((tx) => enqueueAll(tx, recomputeQueue, jobs));
}

export function dayKey(siteId: string, businessDate: string): string {
  return `${siteId} ${businessDate}`;
}

import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Happened, type QueueNumbers, readHappened } from "#platform/job-numbers.ts";
import { type ReportsState, readState } from "../queries/latest.ts";
import { countsOf, type Metric, type RouteTraffic, trafficOf } from "../rules/traffic.ts";

/** Where numbers about jobs come from; without it the page says that none are told. */
export type JobNumbers = (ctx: Ctx) => Promise<readonly QueueNumbers[]>;

export interface SystemStats {
  readonly readAt: string;
  readonly traffic: readonly RouteTraffic[];
  readonly counts: readonly { readonly what: string; readonly count: number }[];
  readonly reports: ReportsState;
  readonly jobs: readonly QueueNumbers[] | undefined;
  readonly happened: readonly Happened[];
}

/** How this process and the reports are doing. Asks for `stats.read` of the whole company. */
export async function readStats(ctx: Ctx, jobs: JobNumbers | undefined): Promise<SystemStats> {
  authorise(ctx, "stats.read", null);
  const metrics: readonly Metric[] = await ctx.app.telemetry.read();
  return {
    readAt: ctx.now().toISOString(),
    traffic: trafficOf(metrics),
    counts: countsOf(metrics),
    reports: await readState(ctx.app.db.reports),
    jobs: await jobs?.(ctx),
    happened: await readHappened(ctx.app.db.reports),
  };
}

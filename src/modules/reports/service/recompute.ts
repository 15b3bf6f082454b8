import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import { inOrder, type Tx } from "#platform/db.ts";
import { computeDays, lockDays, type Span } from "../queries/compute.ts";
import * as queries from "../queries/days.ts";
import { addDays, earlierOf, laterOf } from "../rules/calendar.ts";
import { tagsOfDays } from "../rules/tags.ts";

/** A day to compute, and the event that asks for it. */
export type AskedDay = queries.DayRange;

/**
 * Computes days whole from the books, one transaction each: never adds to what is there, so it may
 * run twice, late, in any order and at once. Takes their marks away. For the worker.
 */
export async function recomputeDays(ctx: Ctx, days: readonly AskedDay[]): Promise<void> {
  authorise(ctx, "reports.rebuild", null);
  for (const { siteId, businessDate, eventId } of days) {
    await compute(ctx, { siteId, from: businessDate, to: businessDate, eventId });
  }
}

/** Computes what is marked, those marked longest ago first; returns how many days that were. */
export async function recomputeMarked(ctx: Ctx, limit = 100): Promise<number> {
  authorise(ctx, "reports.rebuild", null);
  const days = await queries.listMarked(ctx.app.db, limit);
  await recomputeDays(
    ctx,
    days.map(({ eventId, ...day }) => ({ ...day, eventId: eventId ?? undefined })),
  );
  return days.length;
}

/**
 * The days whose reports a committed change may have altered: its own, those since if it was dated
 * back, and those of sales whose cost it settled or corrected (domain rules 4, 5).
 */
export function touchedDays(ctx: Ctx, change: queries.Change): Promise<AskedDay[]> {
  authorise(ctx, "reports.rebuild", null);
  const { eventId } = change;
  return queries
    .listTouchedDays(ctx.app.db, change)
    .then((days) => days.map((day) => ({ ...day, eventId })));
}

/** Step: marks days to be computed, in the transaction that changes their books. */
export async function markDays(tx: Tx, days: readonly AskedDay[]): Promise<void> {
  await queries.markDays(tx, days);
}

export interface Rebuild {
  readonly siteId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Called after each batch. */
  readonly onProgress?: (progress: RebuildProgress) => void;
}

export interface RebuildProgress {
  readonly siteName: string;
  /** The last day of its batch. */
  readonly businessDate: string;
  readonly doneBatches: number;
  readonly allBatches: number;
}

/** Days in one statement: as long as they are many, and a fraction of a statement's time. */
const batchDays = 14;
/** Batches at once: while one waits for the disk the other computes. */
const lanesMax = 2;

/**
 * Computes every day of the books, or a part of them, in batches. Gives the rows that computing each
 * changed day has given; those of days that are no longer in the books go. Returns how many days.
 */
export async function rebuildReports(ctx: Ctx, rebuild: Rebuild = {}): Promise<number> {
  authorise(ctx, "reports.rebuild", null);
  const spans = (await queries.listExtents(ctx.app.db, rebuild.siteId)).flatMap((extent) => {
    const from = laterOf(extent.first, rebuild.from ?? extent.first);
    const to = earlierOf(extent.last, rebuild.to ?? extent.last);
    return batchesOf(from, to).map((batch) => ({ ...batch, ...extent }));
  });
  const all = { spans: spans.values(), count: spans.length, done: 0, computed: 0 };
  const lanes = Array.from({ length: lanesMax }, () => computeSpans(ctx, all, rebuild));
  await inOrder(...lanes);
  return all.computed;
}

interface Work {
  /** Shared: each lane takes the next one. */
  readonly spans: IterableIterator<Span & { readonly name: string }>;
  readonly count: number;
  done: number;
  computed: number;
}

async function computeSpans(ctx: Ctx, all: Work, { onProgress }: Rebuild): Promise<void> {
  for (const { siteId, name, from, to } of all.spans) {
    const days = await compute(ctx, { siteId, from, to });
    all.computed += days;
    all.done += 1;
    const progress = { doneBatches: all.done, allBatches: all.count };
    onProgress?.({ siteName: name, businessDate: to, ...progress });
  }
}

function batchesOf(from: string, to: string): Pick<Span, "from" | "to">[] {
  const batches: Pick<Span, "from" | "to">[] = [];
  for (let first = from; first <= to; first = addDays(first, batchDays)) {
    batches.push({ from: first, to: earlierOf(to, addDays(first, batchDays - 1)) });
  }
  return batches;
}

function compute(ctx: Ctx, span: Span): Promise<number> {
  const { db, cache } = ctx.app;
  return cache.changing(tagsOfDays(span.siteId, span.from, span.to), () =>
    db.withTransaction(async (tx) => {
      const clock = await lockDays(tx, span);
      return clock === undefined ? 0 : computeDays(tx, span, clock);
    }),
  );
}

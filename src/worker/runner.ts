import { Value } from "@sinclair/typebox/value";
import type { Job, JobResult } from "pg-boss";
import { type App, type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import { AppError, type ErrorKind } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import type { JobDefinition } from "#platform/jobs.ts";

/** Runs jobs, and knows how many it is at. */
export interface Runner {
  run(definition: JobDefinition, jobs: readonly Job<unknown>[]): Promise<JobResult[]>;
  readonly active: number;
  /** What failed so far, to be tried again or not. */
  readonly failed: number;
}

// To try again would be to be refused again.
const isFinal: ReadonlySet<ErrorKind> = new Set([
  "invalid",
  "unauthenticated",
  "forbidden",
  "not_found",
]);

export function createRunner(app: App): Runner {
  let active = 0;
  let failed = 0;
  return {
    async run(definition, jobs) {
      const results: JobResult[] = [];
      active += jobs.length;
      try {
        for (const job of jobs) {
          const result = await runOne(app, definition, job);
          if (result.status !== "completed") failed += 1;
          results.push(result);
        }
      } finally {
        active -= jobs.length;
      }
      return results;
    },
    get active() {
      return active;
    },
    get failed() {
      return failed;
    },
  };
}

async function runOne(app: App, definition: JobDefinition, job: Job<unknown>): Promise<JobResult> {
  const { id, data } = job;
  const begun = performance.now();
  const work = (traceId: string) =>
    attempt(systemCtx(app, definition, job, traceId), definition, id, data);
  const result = await (app.tracing?.runJob(definition.name, job.retryCount + 1, work) ??
    work(newId().replaceAll("-", "")));
  const seconds = (performance.now() - begun) / 1_000;
  app.telemetry.observeJob(definition.name, result.status, seconds);
  return result;
}

async function attempt(
  ctx: Ctx,
  definition: JobDefinition,
  id: string,
  data: unknown,
): Promise<JobResult> {
  if (!Value.Check(definition.shape, data)) {
    ctx.log.error("A job has a payload that is none of its own");
    return { id, status: "deadletter", output: { code: "jobs.payload" } };
  }
  try {
    await definition.handler(ctx, data);
    return { id, status: "completed" };
  } catch (error) {
    ctx.log.error("A job failed", error);
    const status = error instanceof AppError && isFinal.has(error.kind) ? "deadletter" : "failed";
    return { id, status, output: outputOf(error) };
  }
}

/** What is kept with the job: a message may hold SQL and its values, unless it is public. */
function outputOf(error: unknown): object {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: "jobs.failed", name: error instanceof Error ? error.name : typeof error };
}

/** A job acts as Banneton itself. */
function systemCtx(
  app: App,
  { name }: JobDefinition,
  { id, retryCount }: Job<unknown>,
  traceId: string,
): Ctx {
  const log = app.log.with({ traceId, name, jobId: id, attempt: retryCount + 1 });
  return { app, actor: SYSTEM_ACTOR, traceId, log, now: app.now };
}

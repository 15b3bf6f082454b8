import type { WorkerSettings } from "#platform/config-worker.ts";
import type { App } from "#platform/context.ts";
import { type Dispatched, dispatchEvents } from "#platform/dispatch.ts";
import { defineInDatabase, enqueueDue } from "#platform/jobs.ts";
import { pendingMigrations } from "#platform/migrate.ts";
import { pause } from "#platform/pause.ts";
import type { Parts } from "./app.ts";
import { type Boss, openBoss } from "./boss.ts";
import { checkParts } from "./checks.ts";
import { type Loop, startLoop } from "./loop.ts";
import { watchLoops, watchWork } from "./metrics.ts";
import { isAnyDue, listStrangers } from "./queries.ts";
import { createRunner, type Runner } from "./runner.ts";

/** The database cannot be worked on: not reached, or not at this version's schema. */
export class UnavailableError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "UnavailableError";
  }
}

export interface RunningWorker {
  /** Both loops have turned within the last half minute. */
  isAlive(): boolean;
  /**
   * Takes nothing more, and waits for the jobs under way until the grace is over; then they are given
   * back to be tried again. True if none had to be. Safe to call again.
   */
  stop(): Promise<boolean>;
  /** Resolves when nothing is due any more, with the number of jobs that failed on the way. */
  whenDone(): Promise<number>;
}

const eventsAtOnce = 200;
const scheduleMs = 10_000;
const pollSeconds = 1;
// A turn waits for the database as long as a statement may take, twice at most.
const silentMsMax = 30_000;

interface Work {
  readonly app: App;
  readonly parts: Parts;
  readonly settings: WorkerSettings;
  readonly runner: Runner;
  readonly boss: Boss;
  /** Ids of pg-boss's pollers, by queue. */
  readonly pollers: Map<string, string>;
}

/**
 * Starts to hand on events and to work jobs, beside as many other workers as there are. Throws PartsError
 * and UnavailableError.
 */
export async function startWorker(
  app: App,
  settings: WorkerSettings,
  parts: Parts,
): Promise<RunningWorker> {
  checkParts(parts);
  const { database } = app.config;
  const boss = openBoss({ database, poolMax: settings.poolMax, log: app.log });
  const work = { app, parts, settings, boss, runner: createRunner(app), pollers: new Map() };
  try {
    await prepare(work);
    await boss.boss.start();
    await startPollers(work);
  } catch (error) {
    await boss.boss.stop({ graceful: false }).catch(() => {});
    await boss.close();
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError("The database cannot be worked on.", error);
  }
  watchWork(app);
  return supervise(work);
}

async function prepare({ app, parts }: Work): Promise<void> {
  const missing = await pendingMigrations(app.db);
  if (missing.length > 0) {
    throw new UnavailableError(`The schema lacks ${missing.length} migration(s): migrate first.`);
  }
  const names = parts.jobs.map(({ name }) => name);
  // In one order, as another worker may be at it.
  const sorted = parts.jobs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  await app.db.withTransaction(async (tx) => {
    for (const job of sorted) await defineInDatabase(tx, job);
  });
  for (const name of await listStrangers(app.db, names)) {
    app.log.warn("A queue holds work that this version has no handler for", { name });
  }
}

async function startPollers(work: Work): Promise<void> {
  const { parts, boss, runner, pollers } = work;
  for (const job of parts.jobs) {
    const { name, batchSize } = job;
    const options = {
      batchSize,
      pollingIntervalSeconds: pollSeconds,
      perJobResults: true,
    } as const;
    const run = async (jobs: Parameters<typeof runner.run>[1]) => {
      const results = await runner.run(job, jobs);
      // There may be more of them: pg-boss itself would wait a second after a single job.
      if (jobs.length === batchSize) wake(work, name);
      for (const queue of job.wakes) wake(work, queue.name);
      return results;
    };
    pollers.set(name, await boss.boss.work(name, options, run));
  }
}

function supervise(work: Work): RunningWorker {
  const { app, settings, boss, runner } = work;
  const { log } = app;
  const dispatcher = startLoop({
    name: "dispatch",
    log,
    pauseMs: settings.pollMs,
    turn: async () => (await dispatch(work)).events === eventsAtOnce,
  });
  const scheduler = startLoop({
    name: "schedule",
    log,
    pauseMs: scheduleMs,
    turn: async () => {
      await enqueueAllDue(work);
      return false;
    },
  });
  watchLoops(app, { dispatch: dispatcher, schedule: scheduler });
  let stopping: Promise<boolean> | undefined;
  const stop = async () => {
    await Promise.all([dispatcher.stop(), scheduler.stop()]);
    await boss.boss.stop({ graceful: true, timeout: settings.stopGraceMs });
    const isDrained = runner.active === 0;
    if (!isDrained) log.warn("Gave up jobs under way", { count: runner.active });
    await boss.close();
    return isDrained;
  };
  return {
    isAlive: () => [dispatcher, scheduler].every(isTurning),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    whenDone: () => whenDone(work),
  };
}

function isTurning(loop: Loop): boolean {
  return loop.silentMs() < silentMsMax;
}

/** Hands a batch of events on, and tells our own pollers that there is something to do. */
async function dispatch(work: Work): Promise<Dispatched> {
  const { subscriptions, forwardBy, events } = work.parts;
  const known = events.map(({ name }) => name);
  const handlers = { subscriptions, forwardBy, known };
  const dispatched = await dispatchEvents(work.app.db, handlers, eventsAtOnce);
  for (const queue of dispatched.queues) wake(work, queue);
  return dispatched;
}

function wake({ boss, pollers }: Work, queue: string): void {
  const poller = pollers.get(queue);
  if (poller !== undefined) boss.boss.notifyWorker(poller);
}

async function enqueueAllDue({ app, parts }: Work): Promise<void> {
  for (const job of parts.jobs) {
    const { schedule } = job;
    if (schedule === undefined) continue;
    await app.db.withTransaction((tx) => enqueueDue(tx, job, schedule));
  }
}

const lookMs = 20;

async function whenDone(work: Work): Promise<number> {
  const { app, parts, boss, runner, pollers } = work;
  const names = parts.jobs.map(({ name }) => name);
  await enqueueAllDue(work);
  for (;;) {
    while ((await dispatch(work)).events > 0);
    const isDue = await isAnyDue(app.db, names);
    if (!isDue && runner.active === 0) return runner.failed;
    for (const poller of isDue ? pollers.values() : []) boss.boss.notifyWorker(poller);
    await pause(lookMs);
  }
}

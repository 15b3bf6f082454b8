import type { WorkerSettings } from "#platform/config-worker.ts";
import type { App } from "#platform/context.ts";
import { pause } from "#platform/pause.ts";
import type { Parts } from "./app.ts";
import { PartsError } from "./checks.ts";
import { type HealthState, healthOf } from "./health.ts";
import { type RunningWorker, startWorker, UnavailableError } from "./lifecycle.ts";

/** What the process ends with; the words are those of sysexits.h. */
export const exitCodes = {
  done: 0,
  /** With --once: a job failed. */
  jobFailed: 1,
  /** EX_UNAVAILABLE: no database, or not at this version's schema. */
  unavailable: 69,
  /** EX_SOFTWARE: the lists of jobs and subscriptions do not fit together. */
  software: 70,
  /** EX_TEMPFAIL: jobs under way were given up at the end of the grace. */
  cut: 75,
  /** EX_CONFIG. */
  config: 78,
} as const;

export const workerHelp = `Works the jobs of Banneton: hands events to their subscribers, runs what is scheduled.
Any number may run beside each other.

  --once   do what is due now, then end
  --help   this text

Exit codes: 0 stopped, or nothing is due any more; 1 a job failed (--once); 69 no database, or its
schema is not current; 70 jobs and subscriptions do not fit together; 75 jobs under way were given up
at the end of the grace; 78 the configuration is wrong.

On SIGTERM it takes nothing more and waits for the jobs under way, WORKER_STOP_GRACE_MS at most.
WORKER_HOST and WORKER_PORT say where /healthz, /readyz and /metrics are; see .env.example.
Secrets may be files of $CREDENTIALS_DIRECTORY with the variables' names.`;

/** A listening socket of whatever runtime. */
export interface HealthListener {
  readonly port: number;
  stop(): Promise<void>;
}

export interface WorkerDoors {
  readonly isOnce: boolean;
  /** Resolves with the name of the signal that asks to end. */
  readonly stopped: Promise<string>;
  serve(
    fetch: (request: Request) => Promise<Response>,
    place: { readonly hostname: string; readonly port: number },
  ): HealthListener;
  /** Tells whoever supervises the process; nobody may listen. */
  notify(state: string): void;
  /** How often the supervisor wants to hear that we are alive. */
  readonly watchdogMs: number | undefined;
}

/** Runs a worker until it is asked to stop, or with --once until nothing is due. The exit code. */
export async function runWorker(
  app: App,
  settings: WorkerSettings,
  parts: Parts,
  doors: WorkerDoors,
): Promise<number> {
  let worker: RunningWorker | undefined;
  let isStopping = false;
  const state = (): HealthState => ({ worker, isStopping });
  let health: HealthListener | undefined;
  // It tells the log itself if it cannot, and tries again.
  const reached = app.redis?.connect().catch(() => {});
  try {
    // What is done once is told to the cache, if Redis is there.
    if (doors.isOnce) await reached;
    if (!doors.isOnce) health = doors.serve(healthOf(app, state), settings);
    worker = await startWorker(app, settings, parts);
    app.log.info("Working", { count: parts.jobs.length, ...(health && { port: health.port }) });
    const code = await work(app, worker, doors);
    isStopping = true;
    return (await worker.stop()) ? code : exitCodes.cut;
  } catch (error) {
    app.log.error(error instanceof Error ? error.message : "The worker failed", error);
    return codeOf(error);
  } finally {
    await health?.stop();
    app.redis?.disconnect();
    await app.tracing?.stop();
    // A connection whose other end is silently gone would never say goodbye.
    await Promise.race([app.db.close(), pause(goodbyeMs)]);
  }
}

const goodbyeMs = 1_000;

async function work(app: App, worker: RunningWorker, doors: WorkerDoors): Promise<number> {
  const { stopped, notify, watchdogMs, isOnce } = doors;
  notify("READY=1");
  const tell = () => {
    if (worker.isAlive()) notify("WATCHDOG=1");
  };
  const watchdog = watchdogMs === undefined ? undefined : setInterval(tell, watchdogMs / 2);
  try {
    const asked = stopped.then((signal) => {
      app.log.info("Stopping", { signal });
      return exitCodes.done;
    });
    if (!isOnce) return await asked;
    const done = worker.whenDone().then((failed) => (failed > 0 ? exitCodes.jobFailed : 0));
    return await Promise.race([asked, done]);
  } finally {
    notify("STOPPING=1");
    clearInterval(watchdog);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof PartsError) return exitCodes.software;
  return error instanceof UnavailableError ? exitCodes.unavailable : 1;
}

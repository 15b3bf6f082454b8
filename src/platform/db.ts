import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { DatabaseConfig } from "./config-database.ts";
import { openPool, SharedConnections } from "./db-connections.ts";
import { isTimeout, stateOf } from "./db-errors.ts";
import { openReportReads } from "./db-reports.ts";
import {
  connectionStates,
  type Db,
  runOn,
  type Statement,
  type StatementObserver,
  silentMs,
  type Tx,
  transact,
} from "./db-transaction.ts";
import type { Log } from "./log.ts";
import { pause } from "./pause.ts";
import type { PoolState } from "./telemetry.ts";
import type { Tracing } from "./tracing.ts";

export { constraintOf, stateOf } from "./db-errors.ts";
export {
  type Db,
  inOrder,
  lookup,
  OutcomeUnknownError,
  type Statement,
  type StatementObserver,
  statement,
  type Tx,
} from "./db-transaction.ts";

export interface Database extends Db {
  /** A small pool of its own, so that a report never takes the connection of a sale; or a replica. */
  readonly reports: Db;
  readonly stats: PoolState;
  /** Of the reports' pool. */
  readonly reportStats: PoolState;
  /** Of the replica that reports read, if there is one. */
  readonly replicaStats: PoolState | undefined;
  /**
   * Runs `work` in one READ COMMITTED transaction. A deadlock or a serialization failure runs the
   * whole closure again (at most 5 times), so it must not change anything outside the database.
   */
  withTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A read-only transaction on one snapshot, where reports read. It may run `work` again. */
  withSnapshot<T>(work: (db: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly log: Log;
  readonly observe?: StatementObserver;
  readonly tracing?: Tracing | undefined;
}

const attemptsMax = 5;
const retryableStates: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** Opens the pools; nothing connects before the first statement. */
export function openDatabase(config: DatabaseConfig, options: DatabaseOptions): Database {
  const main = openPool(config, config.poolMax, options.log);
  const reports = openReportReads(config, options.log);
  const { replica } = reports;
  const shared = new SharedConnections(config, config.lookupPoolMax, options.log);
  const { observe, tracing } = options;
  const write = <T>(work: (tx: Tx) => Promise<T>) =>
    retryConflicts(() => transact(main, "begin", work, observe));
  return {
    orm: drizzle(main),
    run: (each, values) =>
      each.isLookup === true && config.lookupPoolMax > 0
        ? lookUp(shared, main, each, values)
        : runOn(main, each, values),
    reports: reports.db,
    get stats() {
      return statsOf(main);
    },
    get reportStats() {
      return statsOf(reports.primary);
    },
    get replicaStats() {
      return replica === undefined ? undefined : statsOf(replica);
    },
    withTransaction: (work) => tracing?.runTransaction(() => write(work)) ?? write(work),
    withSnapshot: (work) => {
      const read = () => reports.snapshot(work);
      return tracing?.runTransaction(read) ?? read();
    },
    close: async () => {
      await Promise.all([main.end(), reports.close(), shared.close()]);
    },
  };
}

function statsOf({ totalCount, idleCount, waitingCount, options }: pg.Pool): PoolState {
  return { total: totalCount, idle: idleCount, waiting: waitingCount, max: options.max };
}

async function lookUp<Row>(
  shared: SharedConnections,
  main: pg.Pool,
  each: Statement,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const asked = performance.now();
  try {
    return await runOn<Row>(await shared.next(), each, values);
  } catch (error) {
    // It changes nothing, so it may be asked again on another connection when this one was lost; but
    // nobody waits twice for a line that has gone silent: neither whoever found that out, nor those
    // behind them, whose connection was ended for it.
    const now = performance.now();
    if (isTimeout(error)) shared.silentAt = now;
    const isSilent = now - asked > silentMs || now - shared.silentAt < silentMs;
    if (!isConnectionLost(error) || isSilent) throw error;
    return runOn<Row>(main, each, values);
  }
}

function isConnectionLost(error: unknown): boolean {
  const state = stateOf(error);
  if (state !== undefined) return connectionStates.test(state);
  return error instanceof Error && !isTimeout(error);
}

async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      const isRetryable = retryableStates.has(stateOf(error) ?? "");
      if (!isRetryable || attempts === attemptsMax) throw error;
      await pause(Math.random() * 2 ** attempts * 5);
    }
  }
}

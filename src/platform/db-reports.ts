import type pg from "pg";
import type { DatabaseConfig } from "./config-database.ts";
import { openPool } from "./db-connections.ts";
import { isOfLine, stateOf } from "./db-errors.ts";
import { type Db, dbOn, runOn, type Statement, transact } from "./db-transaction.ts";
import type { Log } from "./log.ts";
import { pause } from "./pause.ts";

/** Where reports read: a pool of the primary, or a replica while it has all that the primary had. */
export interface ReportReads {
  readonly db: Db;
  /** A read-only transaction on one snapshot. It may run `read` again, on the primary. */
  snapshot<T>(read: (db: Db) => Promise<T>): Promise<T>;
  readonly primary: pg.Pool;
  /** Not there without `DATABASE_REPORT_URL`. */
  readonly replica: pg.Pool | undefined;
  close(): Promise<void>;
}

const snapshotBegin = "begin isolation level repeatable read read only";

/** The longest that a report waits for the replica: for a connection, an answer, or to catch up. */
const waitMaxMs = 500;

/** Every commit that anybody was told of lies before it. */
const flushed: Statement = {
  name: "replica_flushed",
  text: "select pg_current_wal_flush_lsn()::text as place",
};
// A server that never followed another has no such place, and is no replica.
const replayed = {
  name: "replica_replayed",
  text: "select coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, true) as is_current",
  // A silent line is left long before a report would be.
  query_timeout: waitMaxMs,
};

const askAgainMs = 10;
/** How long nobody asks a replica that was away or behind. */
const restMs = 5_000;

/**
 * Opens the pools of reports; nothing connects before the first statement. A report on a replica sees
 * all that had been committed when it was asked for; when the replica is away, too far behind, or
 * drops the read for what it must replay, the primary answers.
 */
export function openReportReads(config: DatabaseConfig, log: Log): ReportReads {
  const patient = { ...config, statementTimeoutMs: config.reportTimeoutMs };
  const primary = openPool(patient, config.reportPoolMax, log);
  const { reportUrl: url, reportCa: ca } = config;
  const connectTimeoutMs = Math.min(config.connectTimeoutMs, waitMaxMs);
  const replica =
    url === undefined
      ? undefined
      : openPool({ ...patient, url, ca, connectTimeoutMs }, config.reportPoolMax, log);
  const read = replica === undefined ? on(primary) : replicaFirst(primary, replica, log);
  const query = (...given: unknown[]) =>
    read((pool) => (pool.query as (...args: unknown[]) => Promise<unknown>)(...given));
  return {
    db: dbOn({ query: query as pg.Pool["query"] }),
    snapshot: (work) => read((pool) => transact(pool, snapshotBegin, work, undefined)),
    primary,
    replica,
    close: async () => {
      await Promise.all([primary.end(), replica?.end()]);
    },
  };
}

type Read = <T>(work: (pool: pg.Pool) => Promise<T>) => Promise<T>;

const on =
  (pool: pg.Pool): Read =>
  (work) =>
    work(pool);

function replicaFirst(primary: pg.Pool, replica: pg.Pool, log: Log): Read {
  let restsUntil = Number.NEGATIVE_INFINITY;

  function rest(reason: string): void {
    restsUntil = performance.now() + restMs;
    log.warn("Reports are read from the primary", { reason });
  }

  async function isCurrent(place: string): Promise<boolean> {
    const deadline = performance.now() + waitMaxMs;
    for (;;) {
      const { rows } = await replica.query<{ is_current: boolean }>({
        ...replayed,
        values: [place],
      });
      if (rows[0]?.is_current === true) return true;
      if (performance.now() > deadline) return false;
      await pause(askAgainMs);
    }
  }

  async function isReady(): Promise<boolean> {
    if (performance.now() < restsUntil) return false;
    const [row] = await runOn<{ place: string }>(primary, flushed);
    try {
      if (await isCurrent(row?.place ?? "")) return true;
      rest("the replica is behind");
    } catch {
      rest("the replica does not answer");
    }
    return false;
  }

  return async (work) => {
    if (!(await isReady())) return work(primary);
    try {
      return await work(replica);
    } catch (error) {
      if (!isOfReplica(error)) throw error;
      rest("the replica dropped a read");
      return work(primary);
    }
  };
}

/**
 * Lost, ended, or in the way of what has to be replayed, also where a statement sent behind that one is
 * heard of first (25P02). What is no fault of the replica's, the primary says again.
 */
function isOfReplica(error: unknown): boolean {
  const state = stateOf(error);
  return state === undefined ? isOfLine(error) : /^(?:08|25P02|40|57P)/.test(state);
}

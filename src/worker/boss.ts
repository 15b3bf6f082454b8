import pg from "pg";
import { PgBoss } from "pg-boss";
import type { DatabaseConfig } from "#platform/config-database.ts";
import type { Log } from "#platform/log.ts";
import { reachOf } from "#platform/trusted-ca.ts";

export interface Boss {
  readonly boss: PgBoss;
  close(): Promise<void>;
}

interface BossOptions {
  readonly database: DatabaseConfig;
  readonly poolMax: number;
  readonly log: Log;
  /** Only asks and moves jobs, and works none. */
  readonly isQuiet?: boolean;
}

// A worker that dies is noticed within a heartbeat and one such pass.
const superviseSeconds = 5;
const maintenanceSeconds = 600;

/**
 * pg-boss on a pool of its own: it wants PostgreSQL's types as the driver reads them, and may not be
 * kept waiting by what its jobs do. It makes no schema, no queue and no schedule of its own.
 */
export function openBoss({ database, poolMax, log, isQuiet = false }: BossOptions): Boss {
  const pool = new pg.Pool({
    ...reachOf(database.url.reveal(), database.ca),
    max: poolMax,
    connectionTimeoutMillis: database.connectTimeoutMs,
    statement_timeout: database.statementTimeoutMs,
    lock_timeout: database.lockTimeoutMs,
    idle_in_transaction_session_timeout: database.idleTransactionTimeoutMs,
    query_timeout: database.statementTimeoutMs + 2_000,
    keepAlive: true,
    application_name: "banneton worker",
  });
  const lost = (error: Error) => log.warn("Lost a database connection", { errorName: error.name });
  pool.on("error", lost);
  pool.on("connect", (client) => client.on("error", lost));
  const boss = new PgBoss({
    db: { executeSql: (text, values) => execute(pool, text, values) },
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise: !isQuiet,
    registerInstance: !isQuiet,
    reindex: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    maintenanceIntervalSeconds: maintenanceSeconds,
  });
  boss.on("error", (error) => log.error("The job queue failed", error));
  boss.on("warning", ({ message }) => log.warn("The job queue warns", { reason: message }));
  return { boss, close: () => pool.end() };
}

// Some of its texts are a whole transaction: if one fails in the middle the connection is still in it.
async function execute(pool: pg.Pool, text: string, values: unknown[] | undefined) {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    return await client.query(text, values);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(failure);
  }
}

import pg from "pg";
import type { DatabaseConfig } from "./config-database.ts";
import type { Log } from "./log.ts";
import { reachOf } from "./trusted-ca.ts";

// Pages are in memory or on flash: reading two rows of a small table by its index beats reading it
// all.
const sessionSettings = "-c TimeZone=UTC -c synchronous_commit=on -c random_page_cost=1.1";

/** What every connection of the product has: its timeouts, its session, its types. */
function connectionOptions(config: DatabaseConfig) {
  return {
    ...reachOf(config.url.reveal(), config.ca),
    pipeline: true,
    connectionTimeoutMillis: config.connectTimeoutMs,
    statement_timeout: config.statementTimeoutMs,
    lock_timeout: config.lockTimeoutMs,
    idle_in_transaction_session_timeout: config.idleTransactionTimeoutMs,
    // The server's own timeout comes first; this one is for a server that no longer answers.
    query_timeout: config.statementTimeoutMs + 2_000,
    keepAlive: true,
    application_name: "banneton",
    options: sessionSettings,
    types: { getTypeParser },
  } as const;
}

const lostBy = (log: Log) => (error: Error) =>
  log.warn("Lost a database connection", { errorName: error.name });

/** A pool whose clients may be lost at any time; nothing connects before the first statement. */
export function openPool(config: DatabaseConfig, max: number, log: Log): pg.Pool {
  const pool = new pg.Pool({ ...connectionOptions(config), max } as pg.PoolConfig);
  // A killed server raises an error on every client, idle or not; without listeners the process
  // dies.
  pool.on("error", lostBy(log));
  pool.on("connect", (client) => client.on("error", lostBy(log)));
  return pool;
}

/**
 * Connections that many look-ups share: each is sent at once behind those before it, without a
 * checkout or a wait for their answers. Only for statements that find rows by a key, as a slow one
 * would hold up those behind it.
 */
export class SharedConnections {
  readonly #config: DatabaseConfig;
  readonly #log: Log;
  readonly #clients: (Promise<pg.Client> | undefined)[];
  #turn = 0;
  /** When a look-up was last given up, by `performance.now()`. */
  silentAt = Number.NEGATIVE_INFINITY;

  constructor(config: DatabaseConfig, count: number, log: Log) {
    this.#config = config;
    this.#log = log;
    this.#clients = new Array(count).fill(undefined);
  }

  /** The next connection in turn, opened anew if it was lost. */
  next(): Promise<pg.Client> {
    this.#turn = (this.#turn + 1) % this.#clients.length;
    const connecting = this.#clients[this.#turn] ?? this.#connect(this.#turn);
    this.#clients[this.#turn] = connecting;
    return connecting;
  }

  async close(): Promise<void> {
    const clients = await Promise.allSettled(this.#clients);
    this.#clients.fill(undefined);
    for (const each of clients) if (each.status === "fulfilled") await each.value?.end();
  }

  async #connect(place: number): Promise<pg.Client> {
    const client = new pg.Client(connectionOptions(this.#config) as pg.ClientConfig);
    const forget = () => {
      this.#clients[place] = undefined;
    };
    client.on("error", (error) => {
      lostBy(this.#log)(error);
      forget();
    });
    client.on("end", forget);
    try {
      await client.connect();
      return client;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

const timestampWithZone = 1184;
const textParser = (value: string) => value;
const booleanType = 16;
const smallintType = 21;
const integerType = 23;

// Only types without loss become anything but text: int8 and numeric stay strings.
function getTypeParser(oid: number): (value: string) => unknown {
  if (oid === timestampWithZone) return instantText;
  if (oid === booleanType) return (value) => value === "t";
  if (oid === smallintType || oid === integerType) return Number;
  if (oid === 114 || oid === 3802) return JSON.parse;
  return textParser;
}

/**
 * "2026-11-21 03:54:59.12+00" as PostgreSQL prints it in UTC, as RFC 3339:
 * "2026-11-21T03:54:59.12Z".
 */
export function instantText(value: string): string {
  return `${value.slice(0, 10)}T${value.slice(11, -3)}Z`;
}

import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { isOfLine, isTimeout, stateOf } from "./db-errors.ts";
import { AppError } from "./errors.ts";

/** SQL with a name: prepared once a connection. For hot paths and for SQL a builder cannot say. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly isLookup?: true;
}

export function statement(name: string, text: string): Statement {
  return { name, text };
}

/**
 * A statement that finds rows by a key, in well under a millisecond. Outside a transaction look-ups
 * share a few connections instead of taking one each.
 */
export function lookup(name: string, text: string): Statement {
  return { name, text, isLookup: true };
}

/** Anything that runs SQL. Reads take it. */
export interface Db {
  readonly orm: NodePgDatabase;
  run<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

declare const open: unique symbol;

/** An open transaction. Every write takes it, so a forgotten transaction does not compile. */
export interface Tx extends Db {
  readonly [open]: true;
  /** Sends a last write whose answer nobody reads: it travels together with COMMIT. */
  later(statement: Statement, values: readonly unknown[]): void;
}

/**
 * Waits for statements that were sent without waiting for each other. They run one after the other,
 * each with its own snapshot; if one fails, those behind it fail too, and the first error is
 * thrown.
 */
export async function inOrder<T extends readonly Promise<unknown>[]>(
  ...sent: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ended = await Promise.allSettled(sent);
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return ended.map((each) => (each as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>;
  };
}

/** Sees every statement a transaction runs, after it ran; what it throws fails the transaction. */
export type StatementObserver = (sql: string) => void;

/** The connection broke while COMMIT was under way: neither a success nor a failure yet. */
export class OutcomeUnknownError extends AppError {
  /**
   * COMMIT was waited for as long as a query may take, or until the server gave its silent client up: to
   * look at once would be to wait again.
   */
  readonly isSilent: boolean;

  constructor(cause: unknown, waitedMs: number) {
    const text = "The database was lost at the end of the command. Read before sending it again.";
    super("unavailable", "database.outcome_unknown", text, { cause, retryAfterSeconds: 1 });
    this.isSilent = isTimeout(cause) || waitedMs > silentMs;
  }
}

/** A line without a word for so long is silent, not merely lost. */
export const silentMs = 1_000;

export type Queryable = Pick<pg.PoolClient, "query">;

export function dbOn(client: Queryable): Db {
  const orm = drizzle(client as pg.PoolClient);
  return { orm, run: (each, values) => runOn(client, each, values) };
}

export async function runOn<Row>(
  client: pg.Pool | Queryable,
  { name, text }: Statement,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await client.query({ name, text, values: values as unknown[] });
  return result.rows as Row[];
}

const orms = new WeakMap<Queryable, NodePgDatabase>();

/** Sends a statement that nobody waits for before COMMIT. */
type Last = () => Promise<unknown>;

function txOn(client: Queryable, last: Last[]): Tx {
  const tx: Omit<Tx, typeof open> = {
    get orm() {
      let orm = orms.get(client);
      if (!orm) {
        orm = drizzle(client as pg.PoolClient);
        orms.set(client, orm);
      }
      return orm;
    },
    run: (each, values) => runOn(client, each, values),
    later: (each, values) => void last.push(() => runOn(client, each, values)),
  };
  return tx as Tx;
}

export async function transact<T>(
  pool: pg.Pool,
  begin: string,
  work: (tx: Tx) => Promise<T>,
  observe: StatementObserver | undefined,
): Promise<T> {
  const client = await pool.connect();
  let broken: unknown;
  const connection = observe ? observed(client, observe) : client;
  try {
    // Awaited: if BEGIN alone were cancelled, what was sent behind it would commit by itself.
    await connection.query(begin);
    const last: Last[] = [];
    const result = await work(txOn(connection, last));
    await commit(connection, last);
    return result;
  } catch (error) {
    broken = await rolledBack(client, error);
    throw error;
  } finally {
    client.release(broken instanceof Error ? broken : undefined);
  }
}

async function commit(client: Queryable, last: readonly Last[]): Promise<void> {
  const asked = performance.now();
  const sent = last.map((send) => send());
  const [answer, ...others] = await Promise.allSettled([client.query("commit"), ...sent]);
  // A refused last write makes COMMIT answer ROLLBACK: its own error says why.
  if (answer.status === "fulfilled") {
    await Promise.all(sent);
    if (answer.value.command === "COMMIT") return;
    throw new Error(`The transaction ended with ${answer.value.command}`);
  }
  const state = stateOf(answer.reason);
  if (state !== undefined && !connectionStates.test(state)) throw answer.reason;
  // A last write was sent a moment earlier, so on a silent line it is the one that is given up: COMMIT
  // then only hears that its connection is gone.
  const late = others.find((each) => each.status === "rejected" && isTimeout(each.reason));
  const cause = late?.status === "rejected" ? late.reason : answer.reason;
  throw new OutcomeUnknownError(cause, performance.now() - asked);
}

export const connectionStates = /^(?:08|57P)/;

/** Ends the transaction; returns the error if the connection itself must not be used again. */
async function rolledBack(client: pg.PoolClient, error: unknown): Promise<unknown> {
  if (error instanceof OutcomeUnknownError) return error.cause ?? error;
  // A line that has been silent for one query's time is given up: asking again would wait as long. So is
  // this one if the work met that on another, as a look-up beside the transaction does.
  if (stateOf(error) === undefined && isOfLine(error)) return error;
  try {
    await client.query("rollback");
    return undefined;
  } catch (failure) {
    return failure;
  }
}

// Strictly one after the other, so that what the observer throws stops all that would follow.
function observed(client: pg.PoolClient, observe: StatementObserver): Queryable {
  const send = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  let tail: Promise<unknown> = Promise.resolve();
  const query = (...given: unknown[]) => {
    const [first] = given;
    tail = tail.then(async () => {
      const result = await send(...given);
      observe(typeof first === "string" ? first : (first as { text: string }).text);
      return result;
    });
    tail.catch(() => {});
    return tail;
  };
  return { query: query as Queryable["query"] };
}

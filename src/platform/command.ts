import { createHash } from "node:crypto";
import type { Ctx } from "./context.ts";
import { constraintOf, OutcomeUnknownError, statement, type Tx } from "./db.ts";
import { AppError } from "./errors.ts";
import { pause } from "./pause.ts";

export interface Command {
  /** Names the operation; part of the key's scope. */
  readonly route: string;
  /** The client's Idempotency-Key, or the record's own id. */
  readonly key: string;
  /** The counter of what happened, replays left out: a name in the plural and its help text. */
  readonly counts: { readonly name: string; readonly help: string };
  /** The validated input: another one under the same key is refused. */
  readonly body: unknown;
}

export interface CommandResult<T> {
  readonly status: number;
  readonly body: T;
  readonly replayed: boolean;
}

interface StoredRow {
  readonly locked: boolean;
  readonly request_hash: string | null;
  readonly status: number | null;
  readonly body: string | null;
}

// Lock and lookup share a snapshot: a twin that commits between them is not seen here. Then our row
// is refused by its (the primary key), or the rules refuse what it has done already; `canSettle`
// looks again.
const beginCommand = statement(
  "command_begin",
  `select l.locked, i.request_hash, i.status, i.body
   from (select pg_try_advisory_xact_lock(
     hashtextextended($1 || ' ' || $2 || ' ' || $3, 0)) as locked) l
   left join platform.idempotency i on i.actor = $1 and i.route = $2 and i.key = $3`,
);

const findAnswer = statement(
  "command_find",
  "select from platform.idempotency where actor = $1 and route = $2 and key = $3",
);

const storeAnswer = statement(
  "command_store",
  `insert into platform.idempotency (actor, route, key, request_hash, status, body)
   values ($1, $2, $3, $4, $5, $6)`,
);

const attemptsMax = 4;

/**
 * Runs a command that moves stock or money exactly once for its key (domain rules 11): the answer
 * is stored in the business transaction, so it exists if and only if the command happened. The same
 * key again answers the stored one; a refused command leaves nothing. Scoped by actor; at a till by
 * the device, whoever works on it.
 *
 * Throws `idempotency.running` (409) while a twin runs and `idempotency.reused` (422) for another
 * body.
 */
export async function runCommand<T>(
  ctx: Ctx,
  command: Command,
  run: (tx: Tx) => Promise<{ readonly status: number; readonly body: T }>,
): Promise<CommandResult<T>> {
  const hash = hashOf(command.body);
  for (let attempts = 1; ; attempts++) {
    try {
      const result = await ctx.app.db.withTransaction((tx) => runOnce(tx, ctx, command, hash, run));
      const { name, help } = command.counts;
      if (!result.replayed) ctx.app.telemetry.counter(name, help).inc();
      return result;
    } catch (error) {
      if (attempts === attemptsMax || !(await canSettle(error, ctx, command))) throw error;
      await pause(attempts * 20);
    }
  }
}

/**
 * A lost COMMIT or a twin that won the race: whoever looks again finds out which. A twin may also
 * have taken the last of the stock, the id, or an approval that is good for one deed, for the very
 * command that is refused for it here.
 */
async function canSettle(error: unknown, ctx: Ctx, { route, key }: Command): Promise<boolean> {
  if (error instanceof OutcomeUnknownError) return !error.isSilent;
  const isTaken = error instanceof AppError && ["conflict", "forbidden"].includes(error.kind);
  if (!isTaken && constraintOf(error) === undefined) return false;
  return (await ctx.app.db.run(findAnswer, [ctx.actor.scope, route, key])).length > 0;
}

async function runOnce<T>(
  tx: Tx,
  ctx: Ctx,
  { route, key }: Command,
  hash: string,
  run: (tx: Tx) => Promise<{ readonly status: number; readonly body: T }>,
): Promise<CommandResult<T>> {
  const [stored] = await tx.run<StoredRow>(beginCommand, [ctx.actor.scope, route, key]);
  if (stored?.request_hash) {
    if (stored.request_hash !== hash) throw keyReused();
    return {
      status: stored.status ?? 200,
      body: JSON.parse(stored.body ?? "null") as T,
      replayed: true,
    };
  }
  if (!stored?.locked) throw stillRunning();
  const { status, body } = await run(tx);
  const answer = JSON.stringify(body);
  tx.later(storeAnswer, [ctx.actor.scope, route, key, hash, status, answer]);
  return { status, body, replayed: false };
}

function stillRunning(): AppError {
  const text = "The same command is still running. Ask again in a second.";
  return new AppError("conflict", "idempotency.running", text, { retryAfterSeconds: 1 });
}

function keyReused(): AppError {
  const text = "This key was used for a command with another body.";
  return new AppError("invalid", "idempotency.reused", text);
}

/** SHA-256 over JSON with sorted keys, in hex. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** JSON with the keys of every object sorted and undefined left out: equal values, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value) ?? null);
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  const record = value as Readonly<Record<string, unknown>>;
  // Without a prototype a key named __proto__ is a key like any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(record).sort()) copy[key] = sorted(record[key]);
  return copy;
}

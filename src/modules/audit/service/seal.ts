import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { pause } from "#platform/pause.ts";
import { listRange } from "../queries/entries.ts";
import * as queries from "../queries/seals.ts";
import { genesis, SealHash } from "../rules/chain.ts";

/** What a sealing did: with `isComplete` false it gave way, and the next one goes on. */
export interface Sealing {
  readonly seals: number;
  readonly entries: number;
  readonly isComplete: boolean;
}

export interface SealOptions {
  /** Most entries under one seal. */
  readonly entriesMax?: number;
  /** How often it looks whether those who are writing have ended. */
  readonly looksMax?: number;
}

const entriesMax = 10_000;
// About 2 s: far longer than a command takes, far shorter than one that hangs may.
const looksMax = 100;

/**
 * Seals all entries that are final, in ranges that are linked by their hashes. Writers never wait
 * for it; it waits for those under way a moment, and gives up until the next time if they stay.
 */
export async function sealAudit(ctx: Ctx, options: SealOptions = {}): Promise<Sealing> {
  authorise(ctx, "audit.read", null);
  const horizon = await findHorizon(ctx, options.looksMax ?? looksMax);
  if (horizon === undefined) return { seals: 0, entries: 0, isComplete: false };
  const done = { seals: 0, entries: 0 };
  for (;;) {
    const range = { horizon, limit: options.entriesMax ?? entriesMax };
    const sealed = await ctx.app.db.withTransaction((tx) => sealRange(tx, range));
    if (sealed === undefined || sealed === 0) return { ...done, isComplete: sealed === 0 };
    done.seals += 1;
    done.entries += sealed;
  }
}

/**
 * A seq up to which no entry can appear or vanish any more; undefined if writers that could add one
 * were still at work in the end.
 *
 * Why that is so. Each writer takes the writers' lock, shared, before it draws its seq, and holds it
 * until after its entry is visible or gone (PostgreSQL lets go of locks after it has marked the
 * transaction as ended). The sequence has no cache, so that draws are in order of time. The horizon H
 * is read first, the list of those who hold the lock afterwards. A writer with a seq up to H drew it
 * before H was read, so it had the lock by then, and is in the list if it has not ended. Writers that
 * come later draw more than H. So once all in the list have ended, every entry up to H is there for a
 * snapshot taken from then on, and none can follow. A snapshot taken earlier would not do: that is
 * why the entries are read by statements of their own, in a READ COMMITTED transaction.
 *
 * It is how CREATE INDEX CONCURRENTLY waits. To take the lock exclusively instead would starve while
 * there are always writers, or make them wait.
 */
async function findHorizon(ctx: Ctx, looks: number): Promise<string | undefined> {
  const { db } = ctx.app;
  const horizon = await queries.findLastSeq(db);
  let writing = await queries.listWriters(db);
  for (let look = 1; writing.length > 0; look++) {
    if (look >= looks) return undefined;
    await pause(10 + Math.random() * 20);
    const still = new Set(await queries.listWriters(db));
    writing = writing.filter((writer) => still.has(writer));
  }
  return horizon;
}

interface Range {
  readonly horizon: string;
  readonly limit: number;
}

/** How many entries it sealed; undefined if somebody else is sealing. */
async function sealRange(tx: Tx, { horizon, limit }: Range): Promise<number | undefined> {
  if (!(await queries.tryToSeal(tx))) return undefined;
  // Each a statement of its own: only a snapshot younger than the lock sees the last seal.
  const last = await queries.findLastSeal(tx);
  const after = last?.toSeq ?? "0";
  const entries = await listRange(tx, { after, through: horizon, limit });
  const toSeq = entries.at(-1)?.seq;
  if (toSeq === undefined) return 0;
  const previous = last?.hash ?? genesis;
  const hash = new SealHash(previous);
  for (const entry of entries) hash.add(entry);
  await queries.insertSeal(tx, {
    number: (last?.number ?? 0) + 1,
    fromSeq: String(BigInt(after) + 1n),
    toSeq,
    count: hash.count,
    hash: hash.digest(),
    previous,
  });
  return entries.length;
}

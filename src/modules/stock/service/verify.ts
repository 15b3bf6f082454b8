import { createHash } from "node:crypto";
import { authorise, visible } from "#modules/access/index.ts";
import { verifyAudit } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Db, inOrder } from "#platform/db.ts";
import { type BrokenRow, type Certificate, Verification } from "../model/verification.ts";
import {
  allowScans,
  type BalancePair,
  eachPair,
  listReplayCosts,
  listReplayLayers,
  readPairFacts,
} from "../queries/replay.ts";
import {
  type MovementPages,
  movementsByLookUp,
  movementsInOnePass,
} from "../queries/replay-movements.ts";
import * as checks from "../queries/verify.ts";
import { countCostAdjustments, findBrokenCorrection } from "../queries/verify-corrections.ts";
import { findBrokenReference, findBrokenReferenceOfAll } from "../queries/verify-references.ts";
import { Replay, type ReplayMovement } from "../rules/replay.ts";
import { toMicro } from "../rules/replay-micro.ts";

export interface VerifyScope {
  /** Only the books of this site; without it, orphans are looked for and the audit is checked too. */
  readonly siteId?: string | undefined;
  /** Heads of other chains, such as those of the tills, to be part of the certificate. */
  readonly chainHeads?: readonly string[] | undefined;
}

/** What was counted on the way, for the certificate. */
interface Tally {
  readonly hash: ReturnType<typeof createHash>;
  readonly rows: Record<keyof Omit<Certificate, "hash">, number>;
}

type Found = Promise<BrokenRow | undefined>;

/**
 * Recomputes the books on one snapshot (domain rules 3): every balance, movement, layer, reversal,
 * shortfall and genealogy edge, and replays the order in which layers were taken; without a site the
 * chain of the audit's seals, too. Answers the certificate, or the first broken row. Memory holds one
 * item at one site at a time. It takes the permission for the whole company.
 */
export async function verifyStock(ctx: Ctx, scope: VerifyScope = {}): Promise<Verification> {
  authorise(ctx, "stock.verify", null);
  const { broken, hash, rows } = await ctx.app.db.withSnapshot(async (db) => {
    const tally = emptyTally();
    return { ...tally, broken: await findBroken(db, scope, tally) };
  });
  const checkedAt = ctx.now().toISOString();
  if (broken !== undefined) {
    return visible(ctx, Verification, { isSound: false, checkedAt, certificate: null, broken });
  }
  hash.update(`${JSON.stringify(rows)}\n`);
  for (const head of scope.chainHeads ?? []) hash.update(`${head}\n`);
  const certificate = { hash: hash.digest("hex"), ...rows };
  return { isSound: true, checkedAt, certificate, broken: null };
}

function emptyTally(): Tally {
  const ledger = { balances: 0, layers: 0, movements: 0, allocations: 0, shortfalls: 0 };
  const rows = { ...ledger, layerHolds: 0, costAdjustments: 0, auditSeals: 0, auditEntries: 0 };
  return { hash: createHash("sha256"), rows };
}

async function findBroken(db: Db, { siteId }: VerifyScope, tally: Tally): Found {
  // All at once is one pass over the tables instead of a look-up for each movement.
  const isByPage = siteId !== undefined;
  await allowScans(db, true);
  const pagesOf = isByPage ? movementsByLookUp(db) : await movementsInOnePass(db);
  await allowScans(db, false);
  for await (const pair of eachPair(db, siteId)) {
    const broken = await findBrokenOfPair(db, pair, tally, { pagesOf, isByPage });
    if (broken !== undefined) return broken;
  }
  const broken = await findBrokenCorrection(db, siteId);
  if (broken !== undefined) return broken;
  tally.rows.costAdjustments = await countCostAdjustments(db, siteId);
  if (siteId !== undefined) return undefined;
  await allowScans(db, true);
  const orphan = (await checks.findOrphan(db)) ?? (await findBrokenReferenceOfAll(db));
  return orphan ?? findBrokenAudit(db, tally);
}

/** The head of the chain of seals becomes part of the certificate. */
async function findBrokenAudit(db: Db, { rows, hash }: Tally): Found {
  const { seals, entries, head, broken } = await verifyAudit(db);
  rows.auditSeals = seals;
  rows.auditEntries = entries;
  hash.update(`${head}\n`);
  return broken ?? undefined;
}

interface Reading {
  readonly pagesOf: MovementPages;
  readonly isByPage: boolean;
}

async function findBrokenOfPair(db: Db, pair: BalancePair, tally: Tally, reading: Reading): Found {
  const { itemId, siteId } = pair;
  const [{ layers, flips }, { shortfalls, refundedLineIds }, broken] = await inOrder(
    listReplayLayers(db, pair),
    readPairFacts(db, pair),
    checks.findBrokenPair(db, itemId, siteId),
  );
  if (broken?.table === "stock.layers") return broken;
  const costs = await listReplayCosts(db, pair, refundedLineIds);
  const replay = new Replay({ layers, flips, refundedLineIds, costs });
  let last: ReplayMovement | undefined;
  for await (const page of reading.pagesOf(pair)) {
    let found = replayPage(replay, page, tally);
    if (reading.isByPage) found ??= await findBrokenReference(db, page);
    if (found !== undefined) return found;
    last = page.at(-1) ?? last;
  }
  const { rows, hash } = tally;
  rows.balances += 1;
  rows.layers += layers.length;
  rows.layerHolds += flips.length;
  rows.shortfalls += shortfalls;
  const { quantity, value, shortQuantity } = pair;
  const head = last === undefined ? "-" : `${last.id} ${last.seq}`;
  hash.update(`${itemId} ${siteId} ${quantity} ${value} ${shortQuantity} ${head}\n`);
  const id = `${itemId}/${siteId}`;
  return replay.finish({ id, quantity: toMicro(quantity), value: toMicro(value) }) ?? broken;
}

function replayPage(
  replay: Replay,
  page: readonly ReplayMovement[],
  { rows }: Tally,
): BrokenRow | undefined {
  for (const movement of page) {
    const broken = replay.apply(movement);
    if (broken !== undefined) return broken;
    rows.movements += 1;
    rows.allocations += movement.allocations.length;
  }
  return undefined;
}

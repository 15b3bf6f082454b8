import { authorise, authoriseAtAll, authoriseAtAny } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { lotHeld, lotReleased } from "../events.ts";
import type { Hold, NewHold, NewRelease } from "../model/hold.ts";
import { closureOf } from "../queries/closure.ts";
import * as holds from "../queries/holds.ts";

export interface HoldRequest<Input> {
  readonly lotId: string;
  readonly key: string;
  readonly input: Input;
}

const permission = "stock.hold";

/**
 * Stops a lot and all that holds some of it, at every site: no sale and no run takes from them once
 * this is committed (domain rules 9). Whoever may hold at a site where the lot has or had a layer
 * stops it everywhere: what is not safe must not wait. Throws `stock.held` (409) if a hold was put
 * on this lot before, and `stock.moving` (409) if what holds it would not stand still.
 */
export async function holdLot(
  ctx: Ctx,
  request: HoldRequest<NewHold>,
): Promise<CommandResult<Hold>> {
  authorise(ctx, permission);
  const { lotId, key, input } = request;
  const counts = { name: "lots_held", help: "Lots held" };
  const command = { route: `stock/lots/${lotId}/hold`, key, body: input, counts };
  return runCommand(ctx, command, async (tx) => {
    await requireLot(tx, ctx, lotId);
    await holds.lockHolds(tx);
    if ((await holds.findActiveHold(tx, lotId)) !== undefined) throw errors.lotHeld();
    const lotIds = await lockClosure(tx, lotId);
    const id = newId();
    const hold = { id, lotId, effectiveAt: ctx.now().toISOString(), actor: ctx.actor.id };
    await holds.insertHold(tx, { ...hold, reason: input.reason }, lotIds);
    await recordDeed(tx, ctx, deedOf("lot.held", lotId, id, lotIds));
    publish(tx, lotHeld, { ...everywhere, subjectId: lotId, payload: { holdId: id } });
    return { status: 201, body: await readHold(tx, id) };
  });
}

const attemptsMax = 3;

/**
 * All lots that hold some of one, with the balances of all their layers locked. What was not known
 * before the lock was waited for is in the next attempt.
 */
async function lockClosure(tx: Tx, lotId: string): Promise<string[]> {
  let lotIds = [...(await closureOf(tx, lotId, "forward")).keys()];
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const locked = await holds.lockBalancesOfLots(tx, lotIds);
    lotIds = [...(await closureOf(tx, lotId, "forward")).keys()];
    const wanted = await holds.listBalancesOfLots(tx, lotIds);
    if (wanted.every((pair) => locked.has(pair))) return lotIds;
  }
  throw errors.lotMoving();
}

/**
 * Ends the hold that was put on a lot. What another hold stops stays held. What it frees is sold
 * again at every site that has some of it, so it takes the permission at each of them. Throws
 * `stock.not_held` (409) if there is no hold on this very lot.
 */
export async function releaseLot(
  ctx: Ctx,
  request: HoldRequest<NewRelease>,
): Promise<CommandResult<Hold>> {
  authorise(ctx, permission);
  const { lotId, key, input } = request;
  const counts = { name: "lots_released", help: "Lots released" };
  const command = { route: `stock/lots/${lotId}/release`, key, body: input, counts };
  return runCommand(ctx, command, async (tx) => {
    authoriseAtAll(ctx, permission, await requireLot(tx, ctx, lotId));
    await holds.lockHolds(tx);
    const holdId = await holds.findActiveHold(tx, lotId);
    if (holdId === undefined) throw errors.lotNotHeld();
    // Nothing can be made of held lots, so what the hold stops has not grown.
    const lotIds = await holds.listLotsOnlyHeldBy(tx, holdId);
    authoriseAtAll(ctx, permission, await holds.listSitesOfLots(tx, lotIds));
    await holds.lockBalancesOfLots(tx, lotIds);
    const effectiveAt = ctx.now().toISOString();
    const row = { holdId, reason: input.reason ?? null, effectiveAt, actor: ctx.actor.id };
    await holds.insertRelease(tx, row, lotIds);
    await recordDeed(tx, ctx, deedOf("lot.released", lotId, holdId, lotIds));
    publish(tx, lotReleased, { ...everywhere, subjectId: lotId, payload: { holdId } });
    return { status: 200, body: await readHold(tx, holdId) };
  });
}

/** The sites where a lot has or had a layer: the permission is needed at one of them at least. */
async function requireLot(tx: Tx, ctx: Ctx, lotId: string): Promise<string[]> {
  const siteIds = await holds.listSitesOfLots(tx, [lotId]);
  const missing = errors.lotNotFound;
  authoriseAtAny(ctx, permission, siteIds, { read: "stock.read", missing });
  return siteIds;
}

const everywhere = { siteId: null, businessDate: null };

const deedOf = (action: string, lotId: string, holdId: string, lotIds: readonly string[]) => ({
  action,
  subject: { kind: "lot", id: lotId },
  after: { holdId, lotCount: lotIds.length },
});

async function readHold(tx: Tx, id: string): Promise<Hold> {
  const [hold] = (await holds.listHolds(tx, { id, limit: 1 })).data;
  invariant(hold, "the hold was written in this transaction or locked");
  return hold;
}

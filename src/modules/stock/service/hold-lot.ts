import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { Hold, NewHold, NewRelease } from "../model/hold.ts";
import { closureOf } from "../queries/closure.ts";
import * as holds from "../queries/holds.ts";

export interface HoldRequest<Input> {
  readonly lotId: string;
  readonly key: string;
  readonly input: Input;
}

/**
 * Stops a lot and all that holds some of it, at every site: no sale and no run takes from them once
 * this is committed (domain rules 9). Throws `stock.held` (409) if a hold was put on this lot
 * before, and `stock.moving` (409) if what holds it would not stand still.
 */
export function holdLot(ctx: Ctx, request: HoldRequest<NewHold>): Promise<CommandResult<Hold>> {
  const { lotId, key, input } = request;
  const counts = { name: "lots_held", help: "Lots held" };
  const command = { route: `stock/lots/${lotId}/hold`, key, body: input, counts };
  return runCommand(ctx, command, async (tx) => {
    await requireLot(tx, lotId);
    await holds.lockHolds(tx);
    if ((await holds.findActiveHold(tx, lotId)) !== undefined) throw errors.lotHeld();
    const lotIds = await lockClosure(tx, lotId);
    const id = newId();
    const hold = { id, lotId, effectiveAt: ctx.now().toISOString(), actor: ctx.actor.id };
    await holds.insertHold(tx, { ...hold, reason: input.reason }, lotIds);
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
 * Ends the hold that was put on a lot. What another hold stops stays held. Throws `stock.not_held`
 * (409) if there is none on this very lot.
 */
export function releaseLot(
  ctx: Ctx,
  request: HoldRequest<NewRelease>,
): Promise<CommandResult<Hold>> {
  const { lotId, key, input } = request;
  const counts = { name: "lots_released", help: "Lots released" };
  const command = { route: `stock/lots/${lotId}/release`, key, body: input, counts };
  return runCommand(ctx, command, async (tx) => {
    await requireLot(tx, lotId);
    await holds.lockHolds(tx);
    const holdId = await holds.findActiveHold(tx, lotId);
    if (holdId === undefined) throw errors.lotNotHeld();
    // Nothing can be made of held lots, so what the hold stops has not grown.
    const lotIds = await holds.listLotsOnlyHeldBy(tx, holdId);
    await holds.lockBalancesOfLots(tx, lotIds);
    const effectiveAt = ctx.now().toISOString();
    const row = { holdId, reason: input.reason ?? null, effectiveAt, actor: ctx.actor.id };
    await holds.insertRelease(tx, row, lotIds);
    return { status: 200, body: await readHold(tx, holdId) };
  });
}

async function requireLot(tx: Tx, lotId: string): Promise<void> {
  if (!(await holds.isLotKnown(tx, lotId))) throw errors.lotNotFound();
}

async function readHold(tx: Tx, id: string): Promise<Hold> {
  const [hold] = (await holds.listHolds(tx, { id, limit: 1 })).data;
  invariant(hold, "the hold was written in this transaction or locked");
  return hold;
}

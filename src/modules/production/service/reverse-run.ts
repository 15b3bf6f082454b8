import { authorise, authoriseAt, visibleRecordResult } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import {
  lockBalances,
  mirror,
  momentAfter,
  reopenSettlements,
  requireUnadjusted,
  settle,
  unlinkGenealogy,
} from "#modules/stock/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import * as errors from "../errors.ts";
import { runReversed } from "../events.ts";
import { Run } from "../model.ts";
import { findRun, listMovementsOfRun } from "../queries/read.ts";
import { findSiteOfRun, insertReversal, lockRun } from "../queries/write.ts";

export interface RunReversalRequest {
  readonly runId: string;
  readonly key: string;
  readonly reason?: string | undefined;
}

/**
 * Reverses a run whose output is whole, dated now, never before the run: ingredients go back to their own layers, what
 * the output had settled of earlier sales is open again (domain rules 5, 6). Throws
 * `production.reversed` and `stock.not_whole` (409).
 */
export async function reverseRun(
  ctx: Ctx,
  request: RunReversalRequest,
): Promise<CommandResult<Run>> {
  authorise(ctx, permission);
  const { runId, key, reason } = request;
  const counts = { name: "runs_reversed", help: "Runs reversed" };
  const command = { route: `production-runs/${runId}/reverse`, key, body: { reason }, counts };
  const running = runCommand(ctx, command, async (tx): Promise<{ status: number; body: Run }> => {
    const siteId = await findSiteOfRun(tx, runId);
    if (siteId === undefined) throw errors.runNotFound();
    authoriseAt(ctx, permission, siteId, hidden);
    const run = await lockRun(tx, runId);
    if (run === undefined) throw errors.runNotFound();
    if (run.status === "reversed") throw errors.runReversed();
    const moment = await momentAfter(tx, ctx, run.siteId, run.effectiveAt);
    await undo(tx, ctx, { runId, siteId: run.siteId }, moment);
    const { effectiveAt, businessDate } = moment;
    await insertReversal(tx, { runId, reason: reason ?? null, effectiveAt, actor: ctx.actor.id });
    await recordDeed(tx, ctx, {
      action: "run.reversed",
      subject: { kind: "run", id: runId },
      siteId,
      after: { reversedAt: effectiveAt },
    });
    publish(tx, runReversed, { siteId, businessDate, subjectId: runId, payload: {} });
    const reversed = await findRun(tx, runId);
    invariant(reversed, "the run was locked in this transaction");
    return { status: 200, body: reversed };
  });
  return visibleRecordResult(ctx, { shape: Run, permission, ...hidden }, running);
}

const permission = "production.reverse";
const hidden = { read: "production.read", missing: errors.runNotFound } as const;

async function undo(
  tx: Tx,
  ctx: Ctx,
  { runId, siteId }: { readonly runId: string; readonly siteId: string },
  moment: { readonly effectiveAt: string; readonly effectiveOn: string },
): Promise<void> {
  const { effectiveAt, effectiveOn } = moment;
  const movements = await listMovementsOfRun(tx, runId);
  const run = await findRun(tx, runId);
  invariant(run, "the run was locked in this transaction");
  const itemIds = movements.map((movement) => movement.itemId);
  await lockBalances(tx, siteId, itemIds);
  await requireUnadjusted(tx, runId);
  const made = [
    ...(run.layerId === null ? [] : [run.layerId]),
    ...run.byProducts.map((b) => b.layerId),
  ];
  if (made.length > 0) await reopenSettlements(tx, ctx, made, { effectiveAt, effectiveOn });
  const mirrors = await mirror(tx, ctx, {
    type: "run_reversal",
    movementIds: movements.map((movement) => movement.id),
    sourceId: runId,
    effectiveAt,
    effectiveOn,
  });
  const consumed = new Set(movements.filter((m) => m.type === "consumption").map((m) => m.id));
  await unlinkGenealogy(
    tx,
    mirrors.filter((each) => consumed.has(each.reverses)),
  );
  // What came back may serve sales that were short of it, and reopened ones other stock.
  if (itemIds.length > 0) await settle(tx, ctx, siteId, [...new Set(itemIds)], { effectiveAt });
}

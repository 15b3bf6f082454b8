import { authorise, authoriseAt, visibleRecordResult } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { countReversed, wasteReversed } from "../events.ts";
import { Count } from "../model/count.ts";
import { Waste } from "../model/waste.ts";
import { listFilledLayers, listItemsOf, listReversible } from "../queries/mirror.ts";
import * as reversals from "../queries/reversals.ts";
import { requireUnadjusted } from "./cost-adjustments.ts";
import { lockBalances, mirror, reopenSettlements, settle } from "./ledger.ts";
import { momentAfter } from "./moment.ts";
import { readCount, readWaste } from "./read-documents.ts";

export interface ReversalRequest {
  readonly documentId: string;
  readonly key: string;
  readonly reason?: string | undefined;
}

/**
 * Reverses a record of waste: all of it goes back to its own layers, dated now (domain rules 6),
 * and may serve what was sold short. Throws `stock.reversed` and `stock.not_whole` (409).
 */
export async function reverseWaste(
  ctx: Ctx,
  request: ReversalRequest,
): Promise<CommandResult<Waste>> {
  authorise(ctx, permission);
  const counts = { name: "wastes_reversed", help: "Wastes reversed" };
  const command = { ...commandOf(request), route: `stock/waste/${request.documentId}/reverse` };
  const running = runCommand(ctx, { ...command, counts }, async (tx) => {
    await reverse(tx, ctx, "waste", request);
    return { status: 200, body: await readWaste(tx, request.documentId) };
  });
  return visibleRecordResult(ctx, { shape: Waste, permission, ...hidden }, running);
}

/**
 * Reverses a count: losses go back to their own layers, gains leave again while they are whole.
 * What a gain had settled of earlier sales is open again first. Throws as `reverseWaste` does.
 */
export async function reverseCount(
  ctx: Ctx,
  request: ReversalRequest,
): Promise<CommandResult<Count>> {
  authorise(ctx, permission);
  const counts = { name: "counts_reversed", help: "Counts reversed" };
  const command = { ...commandOf(request), route: `stock/counts/${request.documentId}/reverse` };
  const running = runCommand(ctx, { ...command, counts }, async (tx) => {
    await reverse(tx, ctx, "count", request);
    return { status: 200, body: await readCount(tx, request.documentId) };
  });
  return visibleRecordResult(ctx, { shape: Count, permission, ...hidden }, running);
}

const permission = "stock.reverse";
const hidden = { read: "stock.read", missing: errors.documentNotFound } as const;

const commandOf = ({ key, reason }: ReversalRequest) => ({ key, body: { reason } });

async function reverse(
  tx: Tx,
  ctx: Ctx,
  kind: "waste" | "count",
  request: ReversalRequest,
): Promise<void> {
  const { documentId, reason = null } = request;
  const head = await reversals.findHead(tx, kind, documentId);
  if (head === undefined) throw errors.documentNotFound();
  const { siteId } = head;
  authoriseAt(ctx, permission, siteId, hidden);
  const at = await momentAfter(tx, ctx, siteId, head.effectiveAt);
  const { effectiveAt, effectiveOn, businessDate } = at;
  const document = { id: newId(), kind, documentId, reason, effectiveAt, actor: ctx.actor.id };
  if (!(await reversals.insertReversal(tx, document))) throw errors.documentReversed();
  const itemIds = await listItemsOf(tx, documentId);
  await lockBalances(tx, siteId, itemIds);
  await requireUnadjusted(tx, documentId);
  const movements = await listReversible(tx, documentId, [kind]);
  const movementIds = movements.map((movement) => movement.id);
  const moment = { effectiveAt, effectiveOn };
  const gained = await listFilledLayers(tx, movementIds);
  if (gained.length > 0) await reopenSettlements(tx, ctx, gained, moment);
  await mirror(tx, ctx, {
    type: `${kind}_reversal`,
    movementIds,
    sourceId: documentId,
    ...moment,
  });
  // What came back may serve sales that were short of it, and reopened ones other stock.
  await settle(tx, ctx, siteId, itemIds, moment);
  await recordDeed(tx, ctx, {
    action: `${kind}.reversed`,
    subject: { kind, id: documentId },
    siteId,
    after: { reversalId: document.id },
  });
  const reversed = kind === "waste" ? wasteReversed : countReversed;
  publish(tx, reversed, { siteId, businessDate, subjectId: documentId, payload: {} });
}

import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { type OutboundResult, postOutbound } from "#platform/outbound.ts";
import * as errors from "../errors.ts";
import * as queries from "../queries/tries.ts";
import { pauseAfter, signedHeaders } from "../rules.ts";
import { enqueueTries } from "./queue.ts";

/** A webhook that fails for so long is switched off. */
const failingDaysMax = 5;
const gone = 410;

/**
 * Makes one try of a delivery, if it is due and nobody else is at it, and writes down what came of it:
 * it is delivered at least once, always under the same message id. Throws `webhooks.busy` (503) while
 * somebody is.
 */
export async function deliver(ctx: Ctx, deliveryId: string): Promise<void> {
  authorise(ctx, "webhooks.change", null);
  const { db, config } = ctx.app;
  const found = await db.withTransaction((tx) => queries.claimTry(tx, deliveryId));
  if (found === undefined) {
    if (await queries.isBusy(db, deliveryId)) throw errors.deliveryBusy();
    return;
  }
  const { messageId: id, body, secrets, url } = found;
  const headers = signedHeaders({ id, body, secrets }, ctx.now());
  const result = await postOutbound({ url, body, headers }, { allow: config.outbound.allow });
  await db.withTransaction((tx) => writeDown(tx, ctx, found, result));
}

async function writeDown(
  tx: Tx,
  ctx: Ctx,
  { id, webhookId, attempts }: queries.Try,
  { status: answered, problem }: OutboundResult,
): Promise<void> {
  const status = answered ?? null;
  if (problem === undefined) return queries.recordDelivered(tx, id, status);
  const pauseSeconds = pauseAfter(attempts) ?? null;
  const failure = { id, status, problem, pauseSeconds };
  const nextTryAt = await queries.recordFailed(tx, webhookId, failure);
  ctx.log.warn("A webhook was not delivered", {
    name: webhookId,
    attempt: attempts,
    reason: problem,
    ...(status !== null && { status }),
  });
  const isOff =
    status === gone
      ? await queries.disableWebhook(tx, webhookId, "gone", null)
      : await queries.disableWebhook(tx, webhookId, "failing", failingDaysMax);
  if (isOff) {
    await recordDeed(tx, ctx, {
      action: "webhook.disabled",
      subject: { kind: "webhook", id: webhookId },
    });
  } else if (nextTryAt !== null) {
    await enqueueTries(tx, [id], nextTryAt);
  }
}

const overdueMinutes = 10;
const keptDays = 30;
const atOnce = 1_000;

/** Lets what was forgotten be tried, and deletes deliveries that are over for a month. */
export async function sweepDeliveries(ctx: Ctx): Promise<void> {
  authorise(ctx, "webhooks.change", null);
  await ctx.app.db.withTransaction(async (tx) => {
    await enqueueTries(tx, await queries.listOverdue(tx, overdueMinutes, atOnce));
    await queries.deleteOldDeliveries(tx, keptDays);
  });
}

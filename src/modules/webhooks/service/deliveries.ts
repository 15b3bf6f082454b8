import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { Delivery, DeliveryPage } from "../model.ts";
import * as queries from "../queries/deliveries.ts";
import { testKind } from "../rules.ts";
import { bodyOf } from "./announce.ts";
import { enqueueTries } from "./queue.ts";
import { requireWebhook } from "./webhooks.ts";

/** Of a webhook, newest first. */
export async function listDeliveries(
  ctx: Ctx,
  query: queries.DeliveryFilter,
): Promise<DeliveryPage> {
  authorise(ctx, "webhooks.read", null);
  await requireWebhook(ctx.app.db, query.webhookId);
  return queries.listDeliveries(ctx.app.db, query);
}

export interface DeliveryAsked {
  readonly webhookId: string;
  readonly deliveryId: string;
}

export async function getDelivery(ctx: Ctx, asked: DeliveryAsked): Promise<Delivery> {
  authorise(ctx, "webhooks.read", null);
  return requireDelivery(ctx.app.db, asked);
}

async function requireDelivery(
  db: Db,
  { webhookId, deliveryId }: DeliveryAsked,
): Promise<Delivery> {
  await requireWebhook(db, webhookId);
  const delivery = await queries.findDelivery(db, deliveryId);
  if (delivery?.webhookId !== webhookId) throw errors.deliveryNotFound();
  return delivery;
}

/** Sends it again under the same message id, delivered or not. Throws `webhooks.disabled` (409). */
export async function redeliver(ctx: Ctx, asked: DeliveryAsked): Promise<Delivery> {
  authorise(ctx, "webhooks.change", null);
  const { webhookId, deliveryId } = asked;
  return ctx.app.db.withTransaction(async (tx) => {
    await requireDelivery(tx, asked);
    if (!(await requireWebhook(tx, webhookId)).isEnabled) throw errors.webhookDisabled();
    const waiting = await queries.makeWait(tx, deliveryId);
    if (waiting === undefined) throw errors.deliveryNotFound();
    await enqueueTries(tx, [deliveryId]);
    await recordDeed(tx, ctx, {
      action: "webhook.redelivered",
      subject: { kind: "webhook", id: webhookId },
    });
    return waiting;
  });
}

const atOnce = 1_000;

/** Sends again what is dead, of one webhook or all that are in use; how many. */
export async function redeliverDead(ctx: Ctx, webhookId: string | null): Promise<number> {
  authorise(ctx, "webhooks.change", null);
  return ctx.app.db.withTransaction(async (tx) => {
    const ids = await queries.listDead(tx, webhookId, atOnce);
    for (const id of ids) await queries.makeWait(tx, id);
    await enqueueTries(tx, ids);
    return ids.length;
  });
}

/** Sends one by its own id alone, for who has no more. */
export async function redeliverOne(ctx: Ctx, deliveryId: string): Promise<Delivery> {
  authorise(ctx, "webhooks.change", null);
  const found = await queries.findDelivery(ctx.app.db, deliveryId);
  if (found === undefined) throw errors.deliveryNotFound();
  return redeliver(ctx, { webhookId: found.webhookId, deliveryId });
}

/** Sends a sample. Throws `webhooks.disabled` (409). */
export async function testWebhook(ctx: Ctx, webhookId: string): Promise<Delivery> {
  authorise(ctx, "webhooks.change", null);
  const data = { message: "This is a test." };
  const body = bodyOf({ kind: testKind, happenedAt: ctx.now().toISOString(), data });
  return ctx.app.db.withTransaction(async (tx) => {
    if (!(await requireWebhook(tx, webhookId)).isEnabled) throw errors.webhookDisabled();
    const message = { messageId: `tst_${newId()}`, kind: testKind, body };
    const ids = await queries.insertFor(tx, [webhookId], message);
    await enqueueTries(tx, ids);
    const written = await queries.findDelivery(tx, ids[0] ?? "");
    if (written === undefined) throw errors.deliveryNotFound();
    return written;
  });
}

import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { requireSite, siteUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import { constraintOf, type Db } from "#platform/db.ts";
import type { Seen } from "#platform/db-records.ts";
import { AppError } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import { outboundUrl } from "#platform/outbound.ts";
import type { PageQuery } from "#platform/page.ts";
import * as errors from "../errors.ts";
import type { IssuedWebhook, NewWebhook, Webhook, WebhookPage, WebhookPatch } from "../model.ts";
import * as queries from "../queries/webhooks.ts";
import { newSecret } from "../rules.ts";

const subject = (id: string) => ({ kind: "webhook", id });

/** For so long after a rotation the secret before signs too. */
const rotationHours = 24;

/**
 * Adds a webhook, whose secret is in this answer and nowhere else. Throws `webhooks.url` (422),
 * `sites.site_unknown` (422) and `webhooks.id_taken` (409).
 */
export async function addWebhook(ctx: Ctx, input: NewWebhook): Promise<IssuedWebhook> {
  authorise(ctx, "webhooks.change", null);
  const { id = newId(), url, kinds, siteIds = null } = input;
  refuseUrl(ctx, url);
  const secret = newSecret();
  try {
    return await ctx.app.db.withTransaction(async (tx) => {
      await requireSites(tx, siteIds);
      const row = { id, url, kinds, siteIds, secret, createdBy: ctx.actor.id };
      const added = await queries.insertWebhook(tx, row);
      const after = { scopes: kinds, siteIds };
      await recordDeed(tx, ctx, { action: "webhook.added", subject: subject(id), after });
      return { ...added, secret };
    });
  } catch (error) {
    throw constraintOf(error) === "webhooks_pkey" ? errors.webhookIdTaken(error) : error;
  }
}

// Names are resolved when it is called: here only what the URL tells itself can be refused.
function refuseUrl(ctx: Ctx, url: string): void {
  if (outboundUrl(url, ctx.app.config.outbound.allow) === undefined) throw errors.urlRefused();
}

async function requireSites(db: Db, siteIds: readonly string[] | null): Promise<void> {
  for (const [index, siteId] of (siteIds ?? []).entries()) {
    try {
      await requireSite(db, siteId);
    } catch (error) {
      const isUnknown = error instanceof AppError && error.kind === "invalid";
      throw isUnknown ? siteUnknown(`/siteIds/${index}`) : error;
    }
  }
}

/** Throws `webhooks.not_found` (404). */
export async function getWebhook(ctx: Ctx, id: string): Promise<Webhook> {
  authorise(ctx, "webhooks.read", null);
  return requireWebhook(ctx.app.db, id);
}

/** Webhooks by id, disabled ones too. */
export async function listWebhooks(ctx: Ctx, query: PageQuery): Promise<WebhookPage> {
  authorise(ctx, "webhooks.read", null);
  return queries.listWebhooks(ctx.app.db, query);
}

export async function requireWebhook(db: Db, id: string): Promise<Webhook> {
  const webhook = await queries.findWebhook(db, id);
  if (webhook === undefined) throw errors.webhookNotFound();
  return webhook;
}

export interface WebhookEdit extends Seen {
  readonly patch: WebhookPatch;
}

/** Changes a webhook, or switches it on again. Throws `webhooks.stale` (412), `webhooks.url` (422). */
export async function changeWebhook(ctx: Ctx, { patch, ...seen }: WebhookEdit): Promise<Webhook> {
  authorise(ctx, "webhooks.change", null);
  if (patch.url !== undefined) refuseUrl(ctx, patch.url);
  return ctx.app.db.withTransaction(async (tx) => {
    const before = await requireWebhook(tx, seen.id);
    await requireSites(tx, patch.siteIds ?? null);
    const changed = await queries.updateWebhook(tx, seen, { ...before, ...patch });
    if (changed === undefined) throw errors.webhookStale();
    await recordDeed(tx, ctx, {
      action: "webhook.changed",
      subject: subject(seen.id),
      before: changesOf(before),
      after: changesOf(changed),
    });
    return changed;
  });
}

// A URL may hold a secret: the audit says that the webhook changed, not where it leads.
const changesOf = ({ kinds, siteIds }: Webhook) => ({ scopes: kinds, siteIds });

/** From now on it is told nothing; its secret is deleted. */
export async function removeWebhook(ctx: Ctx, id: string): Promise<void> {
  authorise(ctx, "webhooks.change", null);
  await ctx.app.db.withTransaction(async (tx) => {
    await requireWebhook(tx, id);
    if (!(await queries.removeWebhook(tx, id))) return;
    await recordDeed(tx, ctx, { action: "webhook.removed", subject: subject(id) });
  });
}

/** A new secret, in this answer and nowhere else; the one before signs too for another day. */
export async function rotateWebhookSecret(ctx: Ctx, id: string): Promise<IssuedWebhook> {
  authorise(ctx, "webhooks.change", null);
  const secret = newSecret();
  return ctx.app.db.withTransaction(async (tx) => {
    const rotated = await queries.rotateSecret(tx, id, secret, rotationHours);
    if (rotated === undefined) throw errors.webhookNotFound();
    await recordDeed(tx, ctx, { action: "webhook.secret_rotated", subject: subject(id) });
    return { ...rotated, secret };
  });
}

import { authorise, authoriseAt, forbidden, listPermitted, may } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import * as errors from "../errors.ts";
import type { Alert, AlertPage } from "../model.ts";
import * as queries from "../queries/alerts.ts";
import { stockKinds } from "../rules/kinds.ts";

/**
 * Alerts of the sites where the caller reads them, newest first; those of Banneton itself for whoever
 * reads alerts of the whole company and its stats.
 */
export async function listAlerts(ctx: Ctx, query: queries.AlertFilter): Promise<AlertPage> {
  const kinds = may(ctx, "stats.read", null) ? undefined : stockKinds;
  return listPermitted(ctx, { permission: "alerts.read", query: { ...query, kinds } }, (scoped) =>
    queries.listAlerts(ctx.app.db, scoped),
  );
}

/** Throws `alerts.not_found` (404), also for an alert that the caller would not find in the list. */
export async function getAlert(ctx: Ctx, id: string): Promise<Alert> {
  authorise(ctx, "alerts.read");
  return seen(ctx, ctx.app.db, id, "alerts.read");
}

async function seen(
  ctx: Ctx,
  db: Db,
  id: string,
  permission: "alerts.read" | "alerts.acknowledge",
): Promise<Alert> {
  const alert = await queries.findAlert(db, id);
  if (alert === undefined) throw errors.alertNotFound();
  if (alert.siteId !== null) {
    const hidden = { read: "alerts.read", missing: errors.alertNotFound } as const;
    authoriseAt(ctx, permission, alert.siteId, hidden);
  } else if (!may(ctx, "alerts.read", null) || !may(ctx, "stats.read", null)) {
    throw errors.alertNotFound();
  } else if (!may(ctx, permission, null)) {
    throw forbidden();
  }
  return alert;
}

/** Says that somebody has seen it; twice is once. Throws `alerts.closed` (409). */
export async function acknowledgeAlert(ctx: Ctx, id: string): Promise<Alert> {
  authorise(ctx, "alerts.acknowledge");
  return ctx.app.db.withTransaction(async (tx) => {
    const { siteId } = await seen(ctx, tx, id, "alerts.acknowledge");
    if (await queries.acknowledgeAlert(tx, id, ctx.actor.id)) {
      const subject = { kind: "alert", id };
      await recordDeed(tx, ctx, { action: "alert.acknowledged", subject, siteId });
    }
    const alert = await queries.findAlert(tx, id);
    if (alert === undefined) throw errors.alertNotFound();
    if (alert.acknowledgedAt === null) throw errors.alertClosed();
    return alert;
  });
}

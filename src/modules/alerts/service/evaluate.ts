import { authorise } from "#modules/access/index.ts";
import { announce } from "#modules/webhooks/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db, Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { enqueueAll } from "#platform/jobs.ts";
import type { Alert } from "../model.ts";
import * as queries from "../queries/alerts.ts";
import {
  findBrokenAt,
  findLagSince,
  listSiteCauses,
  listSitesToEvaluate,
} from "../queries/causes.ts";
import { insertNotice } from "../queries/notices.ts";
import { channelsOf } from "../rules/channels.ts";
import { type AlertKind, type Cause, causeKey } from "../rules/kinds.ts";
import { noticeQueue } from "./queue.ts";

export interface Evaluated {
  readonly opened: number;
  readonly closed: number;
}

/**
 * Compares the open alerts of a site with what its books say now: opens what is new, closes what is gone,
 * and lets everybody know who is told of it, in one transaction. Any number may do so at once: each
 * alert is opened once and closed once (domain rules 10).
 */
export async function evaluateSite(ctx: Ctx, siteId: string): Promise<Evaluated> {
  authorise(ctx, "alerts.acknowledge", null);
  const { expiringDays, shortfallHours } = ctx.app.config.alerts;
  const question = { siteId, now: ctx.now(), expiringDays, shortfallHours };
  return settle(ctx, siteId, (db) => listSiteCauses(db, question));
}

/** The same for what is no site's: the worker and the verification of the books. */
export async function evaluateCompany(ctx: Ctx): Promise<Evaluated> {
  authorise(ctx, "alerts.acknowledge", null);
  return settle(ctx, null, async (db) => {
    const lagSince = await findLagSince(db, ctx.app.config.alerts.lagSeconds);
    const brokenAt = await findBrokenAt(db);
    return [
      ...(lagSince === undefined ? [] : [companyCause("worker_lag", lagSince)]),
      ...(brokenAt === undefined ? [] : [companyCause("verify_failed", brokenAt)]),
    ];
  });
}

function companyCause(kind: AlertKind, since: string): Cause {
  const none = { itemId: null, lotId: null, quantity: null, reorderLevel: null, expiresOn: null };
  return { kind, since, ...none };
}

/** These sites; without any all of them and the company, one after the other. */
export async function evaluate(ctx: Ctx, siteIds: readonly string[]): Promise<void> {
  authorise(ctx, "alerts.acknowledge", null);
  const isAll = siteIds.length === 0;
  const sites = isAll ? await listSitesToEvaluate(ctx.app.db) : siteIds;
  for (const siteId of sites) await evaluateSite(ctx, siteId);
  if (isAll) await evaluateCompany(ctx);
}

function settle(
  ctx: Ctx,
  siteId: string | null,
  causesOf: (db: Db) => Promise<readonly Cause[]>,
): Promise<Evaluated> {
  return ctx.app.db.withTransaction(async (tx) => {
    await queries.lockSite(tx, siteId);
    const causes = new Map((await causesOf(tx)).map((cause) => [causeKey(siteId, cause), cause]));
    const open = await queries.listOpen(tx, siteId);
    const known = new Set(open.map(({ cause }) => cause));
    const fresh = [...causes]
      .filter(([key]) => !known.has(key))
      .map(([key, cause]) => ({ id: newId(), ...cause, cause: key }));
    const opened = await queries.openAlerts(tx, siteId, fresh);
    const gone = open.filter(({ cause }) => !causes.has(cause)).map(({ id }) => id);
    const closed = await queries.closeAlerts(tx, gone);
    await tell(tx, ctx, opened, closed);
    return { opened: opened.length, closed: closed.length };
  });
}

/** People hear of what is opened, together; programs of each change. */
async function tell(
  tx: Tx,
  ctx: Ctx,
  opened: readonly string[],
  closed: readonly string[],
): Promise<void> {
  if (opened.length + closed.length === 0) return;
  for (const alert of await queries.listByIds(tx, [...opened, ...closed])) await change(tx, alert);
  if (opened.length === 0) return;
  const notices = channelsOf(ctx.app.config.alerts).map((channel) => ({ id: newId(), channel }));
  for (const { id, channel } of notices) await insertNotice(tx, id, channel, opened);
  const jobs = notices.map(({ id }) => ({ payload: { noticeId: id } }));
  await enqueueAll(tx, noticeQueue, jobs);
}

async function change(tx: Tx, alert: Alert): Promise<void> {
  const { id, siteId, openedAt, closedAt } = alert;
  const word = closedAt === null ? "opened" : "closed";
  await announce(tx, {
    messageId: `alr_${id}_${word}`,
    kind: `alert.${word}`,
    siteId,
    happenedAt: closedAt ?? openedAt,
    data: alert,
  });
}

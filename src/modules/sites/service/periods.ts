import { authorise, authoriseAt, may, permittedSites } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { type CommandResult, runCommand } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { inOrder, type Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import { periodClosed, periodReopened } from "../events.ts";
import type { PeriodChange, PeriodClose, PeriodPage, PeriodReopening } from "../model.ts";
import * as queries from "../queries/periods.ts";

/**
 * Step: until this transaction ends no period of the site is closed. For what is dated by somebody
 * else than our clock; sent as a statement of its own before the one that reads what is closed.
 *
 * What is dated now needs none of it: a close reaches to 5 minutes ago at most, and by then such a
 * command is over. By default it waits 3 s for a connection, 5 s for a lock, 10 s for a statement
 * and 15 s between two, and no limit that operators set is meant to be met twenty times in a row.
 */
export function pinPeriods(tx: Tx, siteId: string): Promise<void> {
  return queries.pinPeriods(tx, siteId);
}

/**
 * Step: the first instant at the site that is open, and stays so until this transaction ends; null
 * if no period is closed. What is dated before it must be refused.
 */
export async function openSince(tx: Tx, siteId: string): Promise<string | null> {
  const [, closedBefore] = await inOrder(
    queries.pinPeriods(tx, siteId),
    queries.findClosedBefore(tx, siteId),
  );
  return closedBefore;
}

/**
 * Closes all business dates of a site through a day: no row of any kind is dated there afterwards
 * (domain rules 4). Waits for postings under way that may be. Throws `sites.site_unknown`,
 * `sites.period_too_recent` and `sites.period_closed` (422).
 */
export async function closePeriod(
  ctx: Ctx,
  key: string,
  input: PeriodClose,
): Promise<CommandResult<PeriodChange>> {
  authoriseAt(ctx, "periods.close", input.siteId, namedSite);
  const counts = { name: "periods_closed", help: "Closes of periods" };
  const command = { route: "periods/close", key, body: input, counts };
  return runCommand(ctx, command, async (tx) => {
    const { siteId, through } = input;
    const found = await lockPeriods(tx, ctx, siteId, through);
    if (!found.isOver) throw errors.periodTooRecent();
    if (!found.isLater) throw errors.periodClosedAlready(found.closedThrough ?? through);
    const to = { siteId, through, closedBefore: found.closedBefore };
    return { status: 201, body: await change(tx, ctx, found, to) };
  });
}

/**
 * Opens business dates of a site again, those after `through` or all, and says why. Throws
 * `sites.site_unknown` and `sites.period_open` (422).
 */
export async function reopenPeriod(
  ctx: Ctx,
  key: string,
  input: PeriodReopening,
): Promise<CommandResult<PeriodChange>> {
  authoriseAt(ctx, "periods.reopen", input.siteId, namedSite);
  const counts = { name: "periods_reopened", help: "Reopenings of periods" };
  const command = { route: "periods/reopen", key, body: input, counts };
  return runCommand(ctx, command, async (tx) => {
    const { siteId, through = null, reason } = input;
    const found = await lockPeriods(tx, ctx, siteId, through);
    if (!found.isEarlier) throw errors.periodNotClosed();
    const to = { siteId, through, closedBefore: found.closedBefore, reason };
    return { status: 201, body: await change(tx, ctx, found, to) };
  });
}

const namedSite = { read: "sites.read", missing: errors.siteUnknown } as const;

async function lockPeriods(tx: Tx, ctx: Ctx, siteId: string, through: string | null) {
  const [, found] = await inOrder(
    queries.takePeriods(tx, siteId),
    queries.lockPeriods(tx, { siteId, through, now: ctx.now() }),
  );
  if (found === undefined) throw errors.siteUnknown();
  return found;
}

interface Change {
  readonly siteId: string;
  readonly through: string | null;
  readonly closedBefore: string | null;
  readonly reason?: string;
}

async function change(
  tx: Tx,
  ctx: Ctx,
  from: queries.PeriodRow,
  to: Change,
): Promise<PeriodChange> {
  const { siteId, through, closedBefore, reason = null } = to;
  const changed = await queries.changePeriods(tx, {
    id: newId(),
    siteId,
    action: reason === null ? "close" : "reopen",
    closedThrough: through,
    closedBefore,
    reason,
    actor: ctx.actor.id,
  });
  invariant(changed, "an insert returns its row");
  await recordDeed(tx, ctx, {
    action: reason === null ? "period.closed" : "period.reopened",
    subject: { kind: "period_change", id: changed.id },
    siteId,
    before: { closedThrough: from.closedThrough },
    after: { closedThrough: through },
  });
  const event = reason === null ? periodClosed : periodReopened;
  publish(tx, event, { siteId, businessDate: through, subjectId: siteId, payload: {} });
  return changed;
}

/** Closes and reopenings at the sites that the actor may read, newest first. */
export async function listPeriodChanges(
  ctx: Ctx,
  query: queries.PeriodFilter,
): Promise<PeriodPage> {
  return queries.listPeriodChanges(ctx.app.db, query, permittedSites(ctx, "periods.read"));
}

/** Throws `sites.period_not_found` (404). */
export async function getPeriodChange(ctx: Ctx, id: string): Promise<PeriodChange> {
  authorise(ctx, "periods.read");
  const found = await queries.findPeriodChange(ctx.app.db, id);
  if (found === undefined || !may(ctx, "periods.read", found.siteId)) throw errors.periodNotFound();
  return found;
}

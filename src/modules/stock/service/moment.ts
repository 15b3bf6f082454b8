import { may } from "#modules/access/index.ts";
import { pinPeriods, siteUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import { inOrder, type Tx } from "#platform/db.ts";
import * as errors from "../errors.ts";
import { findMoment } from "../queries/balances.ts";

/** When a command takes effect: the instant, the date at the site, and the business date. */
export interface Moment {
  readonly effectiveAt: string;
  readonly effectiveOn: string;
  readonly businessDate: string;
}

/**
 * Step: the moment of a command at a site in use, `ctx.now()` by default.
 * Throws `sites.site_unknown`, `stock.moment` (422) outside [now − 7 days, now + 5 minutes], with
 * `stock.backdate` [the last close, now + 5 minutes] (domain rules 4), and `stock.period_closed`
 * (422); no period is closed under what is dated by hand.
 */
export async function postingMoment(
  tx: Tx,
  ctx: Ctx,
  siteId: string,
  effectiveAt?: string,
  pointers: { readonly moment?: string; readonly site?: string } = {},
): Promise<Moment> {
  const isBackdated = may(ctx, "stock.backdate", siteId);
  const [, found] = await inOrder(
    effectiveAt === undefined ? Promise.resolve() : pinPeriods(tx, siteId),
    findMoment(tx, { siteId, at: effectiveAt, now: ctx.now(), isBackdated }),
  );
  if (!found?.isInUse) throw siteUnknown(pointers.site);
  if (!found.isInWindow) throw errors.momentOutOfWindow(pointers.moment ?? "/effectiveAt");
  if (found.isClosed) throw errors.periodClosed(pointers.moment ?? "/effectiveAt");
  return found;
}

/**
 * Step: the moment of what undoes or follows something: now, or with it if that is dated later
 * (domain rules 5, 6).
 */
export function momentAfter(tx: Tx, ctx: Ctx, siteId: string, earliest: string): Promise<Moment> {
  const isLater = Date.parse(earliest) >= ctx.now().getTime();
  return postingMoment(tx, ctx, siteId, isLater ? earliest : undefined);
}

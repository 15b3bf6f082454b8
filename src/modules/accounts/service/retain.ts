import { authorise } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as queries from "../queries/retention.ts";

export type { Retention } from "../queries/retention.ts";

/** How long what is over is kept unless another time is asked for, in days. */
export const retentionDefaults: queries.Retention = {
  sessions: 7,
  verifications: 1,
  failures: 30,
  addresses: 180,
  invitations: 30,
};

class DryRun extends Error {
  readonly counts: queries.Retained;

  constructor(counts: queries.Retained) {
    super("dry run");
    this.counts = counts;
  }
}

/**
 * Removes what is over and nobody needs: sessions, short-lived values, old failures and known
 * addresses; of invitations that are over it removes the address. Says how many; a dry run changes
 * nothing.
 */
export async function retain(
  ctx: Ctx,
  { days, isDry }: { readonly days: queries.Retention; readonly isDry: boolean },
): Promise<queries.Retained> {
  authorise(ctx, "accounts.change", null);
  try {
    return await ctx.app.db.withTransaction(async (tx) => {
      const counts = await queries.retain(tx, days);
      if (isDry) throw new DryRun(counts);
      await recordDeed(tx, ctx, {
        action: "retention.applied",
        subject: { kind: "installation", id: "accounts" },
        after: { days, counts },
      });
      return counts;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.counts;
    throw error;
  }
}

import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import { clearTries, type TryPolicy, takeTry } from "../queries/failures.ts";

export type { TryPolicy };

/**
 * Charges a try to guess a secret before it is judged: to somebody's password from one address, or
 * to their PIN at one till. Rows in PostgreSQL, so that they outlive Redis and every process.
 *
 * Throws `accounts.locked` (429, Retry-After) while a wait lasts; that costs no further wait.
 */
export async function chargeTry(ctx: Ctx, subject: string, policy: TryPolicy): Promise<void> {
  const wait = await ctx.app.db.withTransaction((tx) => takeTry(tx, subject, policy));
  if (wait !== undefined) throw errors.locked(wait);
}

/** The secret was right: what was charged before is forgotten. */
export async function forgetTries(ctx: Ctx, subject: string): Promise<void> {
  await ctx.app.db.withTransaction((tx) => clearTries(tx, subject));
}

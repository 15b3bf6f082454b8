import { type Statement, statement, type Tx } from "#platform/db.ts";

/** How long what is over is kept, in days. */
export interface Retention {
  readonly sessions: number;
  readonly verifications: number;
  readonly failures: number;
  readonly addresses: number;
  readonly invitations: number;
}

/** How many rows were, or would be, changed. */
export type Retained = { readonly [K in keyof Retention]: number };

const before = "now() - $1::float8 * interval '1 day'";

// Each is one statement that says how many rows it changed; a dry run takes the transaction back.
const statements: Readonly<Record<keyof Retention, Statement>> = {
  sessions: statement(
    "retain_sessions",
    `delete from accounts.sessions
     where expires_at < ${before} or updated_at < ${before} - interval '8 hours' returning 1`,
  ),
  verifications: statement(
    "retain_verifications",
    `delete from accounts.verifications where expires_at < ${before} returning 1`,
  ),
  failures: statement(
    "retain_failures",
    `delete from accounts.failures where last_at < ${before}
       and coalesce(locked_until, last_at) < now() returning 1`,
  ),
  addresses: statement(
    "retain_addresses",
    `delete from accounts.known_addresses where last_at < ${before} returning 1`,
  ),
  invitations: statement(
    "retain_invitations",
    `update accounts.invitations set email = 'erased-' || id || '@erased.invalid'
     where email is not null and email not like '%@erased.invalid'
       and coalesce(accepted_at, revoked_at, expires_at) < ${before} returning 1`,
  ),
};

export async function retain(tx: Tx, days: Retention): Promise<Retained> {
  const counts: Record<string, number> = {};
  for (const [name, each] of Object.entries(statements)) {
    counts[name] = (await tx.run(each, [days[name as keyof Retention]])).length;
  }
  return counts as Retained;
}

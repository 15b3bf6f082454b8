import { statement, type Tx } from "#platform/db.ts";

/** How often one may be wrong, and how the wait grows: it doubles from the first to the longest. */
export interface TryPolicy {
  /** Tries before the first wait. */
  readonly free: number;
  readonly firstWaitSeconds: number;
  readonly longestWaitSeconds: number;
  /** After so long without a try all is forgotten. */
  readonly forgottenAfterSeconds: number;
}

// The try is charged before it is judged, in one statement that changes nothing while a wait lasts:
// however many come at once, no more than the free ones are judged.
const chargeTry = statement(
  "accounts_charge_try",
  `insert into accounts.failures as f (subject, count, last_at) values ($1, 1, now())
   on conflict (subject) do update set
     count = case when f.last_at < now() - $5::float8 * interval '1 second' then 1
       else f.count + 1 end,
     last_at = now(),
     locked_until = case
       when f.last_at < now() - $5::float8 * interval '1 second' or f.count < $2::int then null
       else now() + least($4::float8, $3::float8 * 2 ^ least(f.count - $2::int, 30))
         * interval '1 second' end
   where f.locked_until is null or f.locked_until <= now()
   returning f.count`,
);

const waitOf = statement(
  "accounts_wait",
  `select greatest(1, ceil(extract(epoch from locked_until - now())))::integer as seconds
   from accounts.failures where subject = $1`,
);

/** Charges one try; undefined if it may be judged, else the seconds to wait. */
export async function takeTry(
  tx: Tx,
  subject: string,
  policy: TryPolicy,
): Promise<number | undefined> {
  const { free, firstWaitSeconds, longestWaitSeconds, forgottenAfterSeconds } = policy;
  const values = [subject, free, firstWaitSeconds, longestWaitSeconds, forgottenAfterSeconds];
  if ((await tx.run(chargeTry, values)).length > 0) return undefined;
  const [row] = await tx.run<{ seconds: number }>(waitOf, [subject]);
  return row?.seconds ?? 1;
}

const clear = statement("accounts_clear_tries", "delete from accounts.failures where subject = $1");

export async function clearTries(tx: Tx, subject: string): Promise<void> {
  await tx.run(clear, [subject]);
}

const useCode = statement(
  "accounts_use_code",
  `insert into accounts.failures as f (subject, count, last_at) values ($1, 1, now())
   on conflict (subject) do update set last_at = now()
   where f.last_at < now() - interval '3 minutes' returning f.subject`,
);

/** True the first time within the life of a code of that subject. */
export async function takeCode(tx: Tx, subject: string): Promise<boolean> {
  return (await tx.run(useCode, [subject])).length > 0;
}

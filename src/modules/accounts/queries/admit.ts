import { statement, type Tx } from "#platform/db.ts";

export interface NewPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

// Who was deactivated, or came back from an archive without a password, may be invited anew. Whoever
// can sign in is never touched by an invitation. All that was theirs before ends with `created_at`.
const admit = statement(
  "person_admit",
  `insert into accounts.people as p (id, name, email, email_verified) values ($1, $2, $3, true)
   on conflict (email) do update set name = excluded.name, archived_at = null,
     two_factor_enabled = false, version = p.version + 1, updated_at = clock_timestamp(),
     created_at = clock_timestamp()
   where p.archived_at is not null
     or not exists (select from accounts.credentials c where c.person_id = p.id)
   returning id`,
);

const clearings = ["credentials", "second_factors", "sessions", "known_addresses"].map((table) =>
  statement(`person_clear_${table}`, `delete from accounts.${table} where person_id = $1`),
);

/** The id of the person with that address, as new; undefined if somebody has it. */
export async function insertPerson(tx: Tx, person: NewPerson): Promise<string | undefined> {
  const [row] = await tx.run<{ id: string }>(admit, [person.id, person.name, person.email]);
  if (row !== undefined) await clearKeys(tx, row.id);
  return row?.id;
}

/** Takes away all a person signs in with. */
export async function clearKeys(tx: Tx, personId: string): Promise<void> {
  for (const clearing of clearings) await tx.run(clearing, [personId]);
}

const addPassword = statement(
  "password_add",
  `insert into accounts.credentials (id, person_id, provider_id, account_id, password)
   values ($1, $2::uuid, 'credential', $2::uuid::text, $3)`,
);

export async function insertPassword(
  tx: Tx,
  id: string,
  personId: string,
  hash: string,
): Promise<void> {
  await tx.run(addPassword, [id, personId, hash]);
}

const addGoogle = statement(
  "google_add",
  `insert into accounts.credentials (id, person_id, provider_id, account_id)
   values ($1, $2, 'google', $3)`,
);

export async function insertGoogle(
  tx: Tx,
  id: string,
  personId: string,
  subject: string,
): Promise<void> {
  await tx.run(addGoogle, [id, personId, subject]);
}

const erase = statement(
  "person_erase",
  `update accounts.people set name = 'Erased', email = 'erased-' || id || '@erased.invalid',
     email_verified = false, image = null, two_factor_enabled = false, version = version + 1,
     archived_at = coalesce(archived_at, clock_timestamp()), erased_at = clock_timestamp(),
     updated_at = clock_timestamp()
   where id = $1`,
);

/** Replaces what tells who it was; the id stays, as the books name it. */
export async function erasePerson(tx: Tx, id: string): Promise<void> {
  await tx.run(erase, [id]);
}

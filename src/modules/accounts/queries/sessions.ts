import type { Membership } from "#modules/access/index.ts";
import { type Db, lookup, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { OwnSession, OwnSessionPage } from "../model/session.ts";

export interface SessionGrant {
  readonly id: string;
  readonly personId: string;
  /** Not seen for a minute: say that it was used. */
  readonly isStale: boolean;
  readonly memberships: readonly Membership[];
}

// One statement for each request of a browser. `expires_at` is the end of all, 14 days after the
// sign-in; `updated_at` is when the session was seen last.
const findByToken = lookup(
  "session_by_token",
  `select s.id, s.person_id as "personId",
     s.updated_at < now() - interval '1 minute' as "isStale",
     coalesce((select json_agg(json_build_object('role', m.role, 'siteId', m.site_id))
       from accounts.memberships m where m.person_id = s.person_id), '[]') as memberships
   from accounts.sessions s join accounts.people p on p.id = s.person_id
   where s.token = $1 and s.expires_at > now() and s.updated_at > now() - interval '8 hours'
     and p.archived_at is null`,
);

/** The session in force with that token, and what its person may do. */
export async function findSession(db: Db, token: string): Promise<SessionGrant | undefined> {
  const [row] = await db.run<SessionGrant>(findByToken, [token]);
  return row;
}

const touch = statement(
  "session_touch",
  "update accounts.sessions set updated_at = greatest(updated_at, now()) where id = $1",
);

export async function touchSession(tx: Tx, id: string): Promise<void> {
  await tx.run(touch, [id]);
}

export async function listSessions(
  db: Db,
  personId: string,
  currentId: string,
  query: PageQuery,
): Promise<OwnSessionPage> {
  const [after] = cursorKeys(query, idKey) ?? [];
  const where = new Where();
  const current = where.values.push(currentId);
  where
    .add("s.person_id = ?", personId)
    .add("s.expires_at > now() and s.updated_at > now() - interval '8 hours'")
    .add("s.id > ?", after);
  const limit = where.values.push(query.limit + 1);
  const text = `select s.id, s.id = $${current}::uuid as "isCurrent", s.created_at as "startedAt",
      s.updated_at as "lastSeenAt", nullif(s.ip_address, '') as address,
      nullif(s.user_agent, '') as "userAgent"
    from accounts.sessions s ${where.text} order by s.id limit $${limit}`;
  return pageById(await runList<OwnSession>(db, "sessions_list", text, where), query);
}

const end = statement(
  "session_end",
  "delete from accounts.sessions where person_id = $1 and id = $2 returning id",
);

/** False if the person has no such session. */
export async function endSession(tx: Tx, personId: string, id: string): Promise<boolean> {
  return (await tx.run(end, [personId, id])).length > 0;
}

const endAll = statement(
  "sessions_end",
  `delete from accounts.sessions
   where person_id = $1 and ($2::uuid is null or id <> $2) returning id`,
);

/** Ends all sessions of a person, but for one if it is named; says how many there were. */
export async function endSessions(tx: Tx, personId: string, but?: string): Promise<number> {
  return (await tx.run(endAll, [personId, but ?? null])).length;
}

const isKnown = statement(
  "known_address_find",
  "select from accounts.known_addresses where person_id = $1 and address = $2",
);

/** Whether this person has signed in from there before. */
export async function isKnownAddress(
  db: Db,
  personId: string | undefined,
  address: string,
): Promise<boolean> {
  return (await db.run(isKnown, [personId ?? null, address])).length > 0;
}

const know = statement(
  "known_address_note",
  `insert into accounts.known_addresses (person_id, address) values ($1, $2)
   on conflict (person_id, address) do update set last_at = clock_timestamp()`,
);

export async function noteAddress(tx: Tx, personId: string, address: string): Promise<void> {
  await tx.run(know, [personId, address]);
}

const byChallenge = statement(
  "second_factor_challenge",
  `select v.value::uuid as id from accounts.verifications v
   where v.identifier = $1 and v.expires_at > now()`,
);

/** Who has shown the right password, and has yet to show the second factor. */
export async function findChallenged(db: Db, identifier: string): Promise<string | undefined> {
  const [row] = await db.run<{ id: string }>(byChallenge, [identifier]);
  return row?.id;
}

import type { Membership } from "#modules/access/index.ts";
import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { invariant } from "#platform/errors.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { Invitation, InvitationPage } from "../model/account.ts";

const isOpen = "i.accepted_at is null and i.revoked_at is null and i.expires_at > now()";

const columns = `i.id, i.email, i.memberships, i.created_at as "createdAt",
  i.expires_at as "expiresAt", i.person_id as "personId",
  case when i.accepted_at is not null then 'accepted' when i.revoked_at is not null then 'revoked'
    when i.expires_at <= now() then 'expired' else 'open' end as state`;

export interface NewInvitationRow {
  readonly id: string;
  readonly email: string | null;
  readonly memberships: readonly Membership[];
  readonly tokenHash: string;
  readonly invitedBy: string;
  readonly hours: number;
}

const insert = statement(
  "invitation_insert",
  `insert into accounts.invitations as i
     (id, email, memberships, token_hash, invited_by, expires_at)
   values ($1, $2, $3, $4, $5, now() + $6::float8 * interval '1 hour') returning ${columns}`,
);

export async function insertInvitation(tx: Tx, row: NewInvitationRow): Promise<Invitation> {
  const { id, email, memberships, tokenHash, invitedBy, hours } = row;
  const values = [id, email, JSON.stringify(memberships), tokenHash, invitedBy, hours];
  const [made] = await tx.run<Invitation>(insert, values);
  invariant(made, "an insert returns its row");
  return made;
}

const byId = statement(
  "invitation_find",
  `select ${columns} from accounts.invitations i where i.id = $1`,
);
const byIdLocked = statement(
  "invitation_lock",
  `select ${columns} from accounts.invitations i where i.id = $1 for update`,
);
const openByToken = statement(
  "invitation_open",
  `select ${columns} from accounts.invitations i where i.token_hash = $1 and ${isOpen}`,
);
// Of many who come at once the first takes the row; the others wait, look again and find it spent.
const takeByToken = statement(
  "invitation_take",
  `select ${columns} from accounts.invitations i where i.token_hash = $1 and ${isOpen} for update`,
);
const takeByEmail = statement(
  "invitation_take_by_email",
  `select ${columns} from accounts.invitations i where i.email = $1 and ${isOpen}
   order by i.id desc limit 1 for update`,
);

export async function findInvitation(db: Db, id: string): Promise<Invitation | undefined> {
  const [row] = await db.run<Invitation>(byId, [id]);
  return row;
}

export async function lockInvitation(tx: Tx, id: string): Promise<Invitation | undefined> {
  const [row] = await tx.run<Invitation>(byIdLocked, [id]);
  return row;
}

/** The invitation of that link, if it can be accepted. Reading does not spend it. */
export async function findOpenInvitation(db: Db, hash: string): Promise<Invitation | undefined> {
  const [row] = await db.run<Invitation>(openByToken, [hash]);
  return row;
}

export async function takeInvitation(tx: Tx, hash: string): Promise<Invitation | undefined> {
  const [row] = await tx.run<Invitation>(takeByToken, [hash]);
  return row;
}

/** The newest that is open for an address. */
export async function takeInvitationOf(tx: Tx, email: string): Promise<Invitation | undefined> {
  const [row] = await tx.run<Invitation>(takeByEmail, [email]);
  return row;
}

const accept = statement(
  "invitation_accept",
  "update accounts.invitations set accepted_at = now(), person_id = $2 where id = $1",
);
const revoke = statement(
  "invitation_revoke",
  "update accounts.invitations set revoked_at = now() where id = $1",
);
const revokeOf = statement(
  "invitations_revoke",
  `update accounts.invitations i set revoked_at = now()
   where (i.email = $1 or i.invited_by = $2) and i.accepted_at is null and i.revoked_at is null`,
);

export async function acceptInvitation(tx: Tx, id: string, personId: string): Promise<void> {
  await tx.run(accept, [id, personId]);
}

export async function revokeInvitation(tx: Tx, id: string): Promise<void> {
  await tx.run(revoke, [id]);
}

/** All that are left for an address, or that somebody made. */
export async function revokeInvitations(
  tx: Tx,
  of: { readonly email?: string; readonly invitedBy?: string },
): Promise<void> {
  await tx.run(revokeOf, [of.email ?? null, of.invitedBy ?? null]);
}

const revokeOwnerLinks = statement(
  "owner_links_revoke",
  `update accounts.invitations set revoked_at = now()
   where email is null and accepted_at is null and revoked_at is null`,
);

/** The links for the first owner that were made before. */
export async function revokeOwnerInvitations(tx: Tx): Promise<void> {
  await tx.run(revokeOwnerLinks);
}

interface InvitationFilter extends PageQuery {
  readonly siteIds: readonly string[] | undefined;
}

export async function listInvitations(db: Db, filter: InvitationFilter): Promise<InvitationPage> {
  const [after] = cursorKeys(filter, idKey) ?? [];
  const where = new Where().add("i.id > ?", after).add(
    `exists (select from json_to_recordset(i.memberships) as m("siteId" uuid)
      where m."siteId" = any(?::uuid[]))`,
    filter.siteIds,
  );
  const limit = where.values.push(filter.limit + 1);
  const text = `select ${columns} from accounts.invitations i ${where.text}
    order by i.id limit $${limit}`;
  return pageById(await runList<Invitation>(db, "invitations_list", text, where), filter);
}

const forget = statement(
  "invitations_forget",
  "update accounts.invitations set email = 'erased-' || id || '@erased.invalid' where email = $1",
);

/** Takes an address out of all invitations to it. */
export async function forgetAddress(tx: Tx, email: string): Promise<void> {
  await tx.run(forget, [email]);
}

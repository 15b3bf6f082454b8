import type { Membership } from "#modules/access/index.ts";
import { type Db, lookup, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { Account, AccountPage } from "../model/account.ts";

/** A person as sign-in needs them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly archived: boolean;
  readonly secondFactor: boolean;
  readonly passwordHash: string | null;
}

const personColumns = `p.id, p.name, p.email, p.archived_at is not null as archived,
  p.two_factor_enabled as "secondFactor",
  (select c.password from accounts.credentials c
   where c.person_id = p.id and c.provider_id = 'credential') as "passwordHash"`;

const byEmail = lookup(
  "person_by_email",
  `select ${personColumns} from accounts.people p where p.email = $1`,
);
const byId = lookup(
  "person_by_id",
  `select ${personColumns} from accounts.people p where p.id = $1`,
);

export async function findPersonByEmail(db: Db, email: string): Promise<Person | undefined> {
  const [row] = await db.run<Person>(byEmail, [email]);
  return row;
}

export async function findPerson(db: Db, id: string): Promise<Person | undefined> {
  const [row] = await db.run<Person>(byId, [id]);
  return row;
}

const accountColumns = `p.id, p.name, p.email, p.two_factor_enabled as "secondFactor",
  p.archived_at is not null as archived, p.version,
  coalesce((select json_agg(json_build_object('role', m.role, 'siteId', m.site_id)
      order by m.site_id nulls first)
    from accounts.memberships m where m.person_id = p.id), '[]') as memberships`;

const account = statement(
  "account_find",
  `select ${accountColumns} from accounts.people p where p.id = $1`,
);

/** An account with all its memberships. */
export async function findAccount(db: Db, id: string): Promise<Account | undefined> {
  const [row] = await db.run<Account>(account, [id]);
  return row;
}

interface AccountFilter extends PageQuery {
  readonly archived?: boolean | undefined;
  readonly siteIds: readonly string[] | undefined;
}

export async function listAccounts(db: Db, filter: AccountFilter): Promise<AccountPage> {
  const [after] = cursorKeys(filter, idKey) ?? [];
  const where = new Where()
    .add(`p.archived_at is ${filter.archived === true ? "not null" : "null"}`)
    .add("p.id > ?", after)
    .add(
      `exists (select from accounts.memberships m
        where m.person_id = p.id and m.site_id = any(?::uuid[]))`,
      filter.siteIds,
    );
  const limit = where.values.push(filter.limit + 1);
  const text = `select ${accountColumns} from accounts.people p ${where.text}
    order by p.id limit $${limit}`;
  return pageById(await runList<Account>(db, "accounts_list", text, where), filter);
}

// Whoever changes what people may do comes here first, one after the other: two owners cannot demote
// each other, and each sees what the one before has done.
const queue = statement(
  "accounts_queue",
  "select pg_advisory_xact_lock(hashtextextended('accounts.memberships', 0))",
);

export async function queueForMemberships(tx: Tx): Promise<void> {
  await tx.run(queue);
}

const owners = statement(
  "accounts_owners",
  `select p.id from accounts.people p
   join accounts.memberships m on m.person_id = p.id and m.role = 'owner' and m.site_id is null
   where p.archived_at is null
     and exists (select from accounts.credentials c where c.person_id = p.id)`,
);

/** The people who own the company and can sign in. */
export async function ownerIds(db: Db): Promise<string[]> {
  return (await db.run<{ id: string }>(owners)).map(({ id }) => id);
}

const rename = statement(
  "account_update",
  `update accounts.people set name = coalesce($2, name), version = version + 1,
     updated_at = clock_timestamp()
   where id = $1 returning id`,
);

export async function updatePerson(tx: Tx, id: string, name: string | undefined): Promise<void> {
  await tx.run(rename, [id, name ?? null]);
}

const archive = statement(
  "account_archive",
  `update accounts.people set archived_at = clock_timestamp(), version = version + 1,
     updated_at = clock_timestamp()
   where id = $1`,
);

export async function archivePerson(tx: Tx, id: string): Promise<void> {
  await tx.run(archive, [id]);
}

const clearMemberships = statement(
  "memberships_clear",
  "delete from accounts.memberships where person_id = $1",
);
const addMemberships = statement(
  "memberships_add",
  `insert into accounts.memberships (id, person_id, role, site_id)
   select id, $1, role, site_id
   from json_to_recordset($2::json) as given(id uuid, role text, site_id uuid)`,
);

/** Each with an id of its own. */
export async function replaceMemberships(
  tx: Tx,
  personId: string,
  given: readonly (Membership & { readonly id: string })[],
): Promise<void> {
  await tx.run(clearMemberships, [personId]);
  const rows = given.map(({ id, role, siteId }) => ({ id, role, site_id: siteId }));
  await tx.run(addMemberships, [personId, JSON.stringify(rows)]);
}

const changeHash = statement(
  "password_change",
  `update accounts.credentials set password = $3, updated_at = clock_timestamp()
   where person_id = $1 and provider_id = 'credential' and password = $2 returning id`,
);

/** Takes the place of the very hash that was compared; false if it was changed meanwhile. */
export async function replacePassword(
  tx: Tx,
  personId: string,
  from: string,
  to: string,
): Promise<boolean> {
  return (await tx.run(changeHash, [personId, from, to])).length > 0;
}

const dropFactor = statement(
  "second_factor_drop",
  "delete from accounts.second_factors where person_id = $1",
);
const factorOff = statement(
  "second_factor_off",
  "update accounts.people set two_factor_enabled = false where id = $1",
);

export async function removeSecondFactor(tx: Tx, personId: string): Promise<void> {
  await tx.run(dropFactor, [personId]);
  await tx.run(factorOff, [personId]);
}

const siteNames = statement("accounts_site_names", "select name from sites.sites");

/** What the sites are called, those out of use too. */
export async function listSiteNames(db: Db): Promise<string[]> {
  return (await db.run<{ name: string }>(siteNames)).map(({ name }) => name);
}

export interface NamedRole {
  readonly role: string;
  /** Null is all sites. */
  readonly siteName: string | null;
}

const named = statement(
  "memberships_named",
  `select m.role, s.name as "siteName"
   from accounts.memberships m left join sites.sites s on s.id = m.site_id
   where m.person_id = $1 order by s.name nulls first limit 100`,
);

/** The roles of a person, with the sites' names. */
export function listRoles(db: Db, personId: string): Promise<NamedRole[]> {
  return db.run<NamedRole>(named, [personId]);
}

import type pg from "pg";

export interface Secrets {
  readonly admin: string;
  readonly owner: string;
  readonly app: string;
  /** The port used last, tried first, so that a client's settings stay good. */
  readonly port?: number;
}

type Queryable = Pick<pg.Client, "query" | "escapeIdentifier" | "escapeLiteral">;

const setUpKey = "7018410951341233";

/** Both of the below, one process after the other: two first starts find one set of them. */
export async function setUpServer(admin: Queryable, secrets: Secrets, name: string): Promise<void> {
  await admin.query("select pg_advisory_lock($1::bigint)", [setUpKey]);
  try {
    await createLogins(admin, secrets);
    await createDatabase(admin, name);
  } finally {
    await admin.query("select pg_advisory_unlock($1::bigint)", [setUpKey]);
  }
}

/**
 * The two logins: the owner migrates; the app owns nothing and is in the group that is granted to.
 */
export async function createLogins(admin: Queryable, secrets: Secrets): Promise<void> {
  const found = await admin.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname like 'banneton%'",
  );
  const known = new Set(found.rows.map(({ rolname }) => rolname));
  const owner = admin.escapeLiteral(secrets.owner);
  const app = admin.escapeLiteral(secrets.app);
  const missing = [
    ...(known.has("banneton_owner")
      ? []
      : [`create role banneton_owner login createrole password ${owner}`]),
    ...(known.has("banneton") ? [] : [`create role banneton login password ${app}`]),
  ];
  for (const sql of missing) await admin.query(sql);
}

/**
 * A database of the owner that only the app's login may enter besides; true if it was not there.
 */
export async function createDatabase(
  admin: Queryable,
  name: string,
  template?: string,
): Promise<boolean> {
  const known = await admin.query("select 1 from pg_database where datname = $1", [name]);
  const database = admin.escapeIdentifier(name);
  const source = template === undefined ? "" : ` template ${admin.escapeIdentifier(template)}`;
  const isNew = known.rowCount === 0;
  if (isNew) await admin.query(`create database ${database} owner banneton_owner${source}`);
  await admin.query(`revoke all on database ${database} from public`);
  await admin.query(`grant connect on database ${database} to banneton`);
  return isNew;
}

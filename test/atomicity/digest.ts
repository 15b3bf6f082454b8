import { type Db, statement } from "#platform/db.ts";

const tables = statement(
  "test_tables",
  `select table_schema || '.' || table_name as name from information_schema.tables
   where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
   order by 1`,
);

/** Rows and a hash of each table that the app can see, whichever they are. */
export type Digest = Readonly<Record<string, string>>;

/** Two digests are equal if and only if no row of any table differs. */
export async function digestOf(db: Db): Promise<Digest> {
  const names = (await db.run<{ name: string }>(tables)).map(({ name }) => name);
  const parts = names.map(
    (name) => `select '${name}' as name, count(*) || ' rows ' ||
      coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') as digest from ${name} t`,
  );
  const rows = await db.run<{ name: string; digest: string }>(
    statement("test_digest", parts.join(" union all ")),
  );
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

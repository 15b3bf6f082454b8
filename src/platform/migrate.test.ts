import { afterAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { emptyDatabase, type TestDatabase } from "../../test/harness/postgres.ts";
import { silentLog } from "./log.ts";
import { migrate, pendingMigrations } from "./migrate.ts";
import { checksumOf, type Migration } from "./migration-files.ts";

const opened: TestDatabase[] = [];
afterAll(() => Promise.all(opened.map((database) => database.drop())));

async function fresh(): Promise<TestDatabase> {
  const database = await emptyDatabase();
  opened.push(database);
  return database;
}

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: checksumOf(sql) };
}

const first = migration(
  "20260101000000_bread",
  `create schema bakery;
   create table bakery.bread (name text primary key);
   grant usage on schema bakery to banneton_app;
   grant select, insert on bakery.bread to banneton_app;
   insert into bakery.bread values ('rye');`,
);
const second = migration(
  "20260102000000_cake",
  "create table bakery.cake (name text primary key);",
);
const options = { log: silentLog, appRole: "banneton" };

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

describe("migrate", () => {
  test("applies what is missing, once and in order", async () => {
    const { ownerUrl } = await fresh();
    expect(await migrate(ownerUrl, { ...options, migrations: [first] })).toEqual([first.name]);
    const both = { ...options, migrations: [first, second] };
    expect(await migrate(ownerUrl, both)).toEqual([second.name]);
    expect(await migrate(ownerUrl, both)).toEqual([]);
  });

  test("two migrators at once apply each migration once", async () => {
    const { ownerUrl } = await fresh();
    const both = { ...options, migrations: [first, second] };
    const done = await Promise.all([1, 2, 3].map(() => migrate(ownerUrl, both)));
    expect(done.flat().sort()).toEqual([first.name, second.name]);
    const rows = await query<{ name: string }>(ownerUrl, "select name from bakery.bread");
    expect(rows).toEqual([{ name: "rye" }]);
  });

  test("a changed migration is refused", async () => {
    const { ownerUrl } = await fresh();
    await migrate(ownerUrl, { ...options, migrations: [first] });
    const changed = migration(first.name, `${first.sql} -- edited`);
    const again = migrate(ownerUrl, { ...options, migrations: [changed, second] });
    expect(again).rejects.toThrow(/was changed after it was applied/);
  });

  test("a migration that fails leaves nothing of itself, and the next run completes", async () => {
    const { ownerUrl } = await fresh();
    const broken = migration(second.name, `${second.sql} select 1 / 0;`);
    const run = migrate(ownerUrl, { ...options, migrations: [first, broken] });
    await expect(run).rejects.toThrow(/20260102000000_cake failed: division by zero/);
    const both = { ...options, migrations: [first, second] };
    expect(await migrate(ownerUrl, both)).toEqual([second.name]);
  });

  test("a migrator killed halfway leaves nothing, and the next run completes", async () => {
    const { ownerUrl } = await fresh();
    const slow = migration(second.name, `${second.sql} select pg_sleep(20);`);
    const run = migrate(ownerUrl, { ...options, migrations: [first, slow] }).catch(
      (error) => error,
    );
    const victim =
      "pid from pg_stat_activity where query like '%pg_sleep(20)%' and pid <> pg_backend_pid()";
    while ((await query(ownerUrl, `select pg_terminate_backend(pid), ${victim}`)).length === 0);
    expect(await run).toBeInstanceOf(Error);
    const both = { ...options, migrations: [first, second] };
    expect(await migrate(ownerUrl, both)).toEqual([second.name]);
  });

  test("the app's role gets what is granted to the group, and nothing more", async () => {
    const { appUrl, ownerUrl } = await fresh();
    await migrate(ownerUrl, { ...options, migrations: [first] });
    await query(appUrl, "insert into bakery.bread values ('wheat')");
    for (const refused of [
      "update bakery.bread set name = 'x'",
      "delete from bakery.bread",
      "truncate bakery.bread",
      "create table bakery.cake (name text)",
      "create table public.cake (name text)",
      "create temporary table cake (name text)",
      "create schema own",
      "insert into platform.migrations (name, checksum) values ('x', 'y')",
    ]) {
      expect(query(appUrl, refused)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  test("what is pending is known to the app's role", async () => {
    const { appUrl, ownerUrl } = await fresh();
    await migrate(ownerUrl, { ...options, migrations: [first] });
    const db = { run: <Row>(each: { text: string }) => query<Row>(appUrl, each.text) };
    expect(await pendingMigrations(db, [first, second])).toEqual([second.name]);
    expect(await pendingMigrations(db, [first])).toEqual([]);
  });
});

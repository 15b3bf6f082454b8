import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { getConstructionPlans, PgBoss } from "pg-boss";
import { type TestDatabase, testDatabase } from "./harness/postgres.ts";

let database: TestDatabase;
let boss: PgBoss;

beforeAll(async () => {
  database = await testDatabase();
  const connectionString = database.ownerUrl;
  const ours = { migrate: false, createSchema: false, supervise: false, schedule: false };
  boss = new PgBoss({ connectionString, ...ours, registerInstance: false });
  await boss.start();
});

afterAll(async () => {
  await boss.stop({ graceful: false });
  await database.drop();
});

const advice = "make a migration of getMigrationPlans";

test("the migrations make the schema that this pg-boss wants", async () => {
  const version = /INSERT INTO pgboss.version\(version\) VALUES \('(\d+)'\)/.exec(
    getConstructionPlans("pgboss"),
  )?.[1];
  expect([await boss.schemaVersion(), advice]).toEqual([Number(version), advice]);
  const drift = await boss.detectSchemaDrift();
  expect(drift).toMatchObject({ ok: true });
});

test("the app's role may do with it what a worker does, and owns none of it", async () => {
  const app = new pg.Client({ connectionString: database.appUrl });
  await app.connect();
  const { rows } = await app.query(
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'pgboss' and c.relkind in ('r', 'p')
       and not has_table_privilege(c.oid, 'select, insert, update, delete')`,
  );
  expect(rows).toEqual([]);
  await app.end();
});

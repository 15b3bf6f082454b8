import { afterEach, beforeEach, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { silentLog } from "#platform/log.ts";
import { migrate } from "#platform/migrate.ts";
import { migrations } from "#platform/migrations.gen.ts";
import { emptyDatabase, type TestDatabase } from "../harness/postgres.ts";
import { startWebProcess } from "../harness/web-process.ts";
import { rounds, until } from "./schedule.ts";
import { openSql, type Sql } from "./sql.ts";

// Row 12 of the matrix: migrators as they are deployed, as processes of the command line.
const root = fileURLToPath(new URL("../..", import.meta.url));
const names = migrations.map(({ name }) => name);
let database: TestDatabase;
let owner: Sql;

beforeEach(async () => {
  database = await emptyDatabase();
  owner = await openSql(database.ownerUrl);
});

afterEach(async () => {
  await owner.close();
  await database.drop();
});

function startMigrator() {
  return Bun.spawn([process.execPath, "src/cli/main.ts", "migrate"], {
    cwd: root,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      DATABASE_URL: database.appUrl,
      MIGRATE_DATABASE_URL: database.ownerUrl,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function applied(): Promise<string[]> {
  const [there] = await owner.rows<{ table: string | null }>(
    "select to_regclass('platform.migrations') as table",
  );
  if (there?.table === null) return [];
  const rows = await owner.rows<{ name: string }>(
    "select name from platform.migrations order by 1",
  );
  return rows.map(({ name }) => name);
}

async function isReady(): Promise<boolean> {
  const web = await startWebProcess(database.appUrl);
  const { status } = await fetch(`${web.base}/readyz`);
  await web.stop();
  return status === 200;
}

test("migrators that start at once apply each migration once, and all end well", async () => {
  const migrators = Array.from({ length: rounds(2, 6) }, startMigrator);
  const codes = await Promise.all(migrators.map(({ exited }) => exited));
  expect(codes.every((code) => code === 0)).toBe(true);
  const outputs = await Promise.all(migrators.map(({ stderr, stdout }) => textOf(stderr, stdout)));
  expect(outputs.filter((text) => text.includes(`Applied ${names.length} migration`)).length).toBe(
    1,
  );
  expect(await applied()).toEqual(names.toSorted());
  expect(await isReady()).toBe(true);
});

const textOf = async (...outputs: ReadableStream<Uint8Array>[]) =>
  (await Promise.all(outputs.map((each) => new Response(each).text()))).join("");

/** Each migration that makes a table, with the first one it makes: where a killer can wait for it. */
const places = migrations.flatMap(({ name, sql }) => {
  const [, schema, table] = /create table "(\w+)"\."(\w+)"/i.exec(sql) ?? [];
  return schema && table ? [{ name, schema, table }] : [];
});

const waiting = `select 1 from pg_stat_activity
  where application_name = 'banneton migrate' and wait_event_type = 'Lock'
    and datname = current_database()`;

test.each(places)(
  "a migrator killed in the middle of $name leaves nothing of it, and the next completes",
  async (place) => {
    const { name, schema, table } = place;
    const earlier = migrations.filter((each) => each.name < name);
    if (earlier.length > 0) await migrateAs(earlier);
    // Its own migration waits for this name, half-way: the schema where it makes that, too.
    const blocker = await openSql(database.ownerUrl);
    await blocker.rows("begin");
    await blocker.rows(
      (await hasSchema(schema))
        ? `create table "${schema}"."${table}" ()`
        : `create schema "${schema}"`,
    );
    const victim = startMigrator();
    await until("the migrator is half-way", async () => (await owner.rows(waiting)).length > 0);
    const before = await applied();
    victim.kill("SIGKILL");
    await victim.exited;
    const [one, two] = [startMigrator(), startMigrator()];
    await blocker.rows("rollback");
    await blocker.close();
    expect(before).toEqual(earlier.map((each) => each.name).toSorted());
    expect(await Promise.all([one.exited, two.exited])).toEqual([0, 0]);
    expect(await applied()).toEqual(names.toSorted());
    expect(await isReady()).toBe(true);
  },
);

async function hasSchema(schema: string): Promise<boolean> {
  const rows = await owner.rows(`select 1 from pg_namespace where nspname = '${schema}'`);
  return rows.length > 0;
}

/** As an earlier version of the product did. */
async function migrateAs(earlier: typeof migrations): Promise<void> {
  await migrate(database.ownerUrl, { log: silentLog, appRole: "banneton", migrations: earlier });
}

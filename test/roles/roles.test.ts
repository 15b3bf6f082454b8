import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import * as bakery from "../harness/bakery.ts";
import { refundCommands, stockCommands } from "../harness/commands.ts";
import { openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb } from "../harness/web.ts";

// Written once (domain rules 3): refused to the app by grants, and to the owner by a trigger.
const insertOnly = [
  "settings.tax_rates",
  "sites.period_changes",
  "stock.lots",
  "stock.movements",
  "stock.allocations",
  "stock.genealogy",
  "stock.settlements",
  "stock.receipts",
  "stock.receipt_lines",
  "stock.wastes",
  "stock.waste_lines",
  "stock.counts",
  "stock.count_lines",
  "sales.sales",
  "sales.sale_lines",
  "sales.payments",
  "sales.voids",
  "sales.refunds",
  "sales.refund_lines",
  "sales.refund_payments",
];

const refused = "42501";
let database: TestDatabase;
let asApp: pg.Client;
let asOwner: pg.Client;
let tables: { name: string; column: string }[] = [];

beforeAll(async () => {
  database = await testDatabase();
  asApp = new pg.Client({ connectionString: database.appUrl });
  asOwner = new pg.Client({ connectionString: database.ownerUrl });
  await Promise.all([asApp.connect(), asOwner.connect()]);
  const { rows } = await asOwner.query(
    `select table_schema || '.' || table_name as name, min(column_name) as column
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
     group by 1 order by 1`,
  );
  tables = rows;
  // A row in every table of the books, so that row triggers would have something to refuse.
  const bench = openTestWeb(database.appUrl);
  const kitchen = await openKitchen(bench.client);
  for (const command of [...stockCommands, ...refundCommands]) {
    const { method, path, body, headers } = await command.prepare(kitchen);
    await bench.client.ask(method, path, { body, headers });
  }
  await bakery.make(bench.client, "/tax-rates", {
    code: "full",
    rate: "20",
    validFrom: "2020-01-01",
  });
  await bench.close();
}, 60_000);

afterAll(async () => {
  await Promise.all([asApp.end(), asOwner.end()]);
  await database.drop();
});

async function stateOf(client: pg.Client, sql: string): Promise<string | undefined> {
  try {
    await client.query("begin");
    await client.query(sql);
    return undefined;
  } catch (error) {
    return (error as pg.DatabaseError).code;
  } finally {
    await client.query("rollback");
  }
}

describe("the app's role", () => {
  test("owns nothing, is no superuser and may not create roles or databases", async () => {
    const { rows } = await asApp.query(
      `select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
         (select count(*)::int from pg_class where relowner = r.oid) as relations,
         (select count(*)::int from pg_namespace where nspowner = r.oid) as schemas,
         (select count(*)::int from pg_proc where proowner = r.oid) as functions
       from pg_roles r where rolname = current_user`,
    );
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolbypassrls: false,
        rolreplication: false,
        relations: 0,
        schemas: 0,
        functions: 0,
      },
    ]);
  });

  test("is refused every DDL", async () => {
    const schemas = new Set(tables.map(({ name }) => name.split(".")[0]));
    const ddl = ["create schema own", "create role other", "create table public.own (id int)"];
    for (const schema of schemas)
      ddl.push(`create table ${schema}.own (id int)`, `drop schema ${schema}`);
    for (const { name, column } of tables) {
      ddl.push(
        `drop table ${name}`,
        `alter table ${name} add column own int`,
        `alter table ${name} disable trigger all`,
        `create index on ${name} (${column})`,
        `truncate ${name}`,
      );
    }
    for (const sql of ddl) {
      const state = await stateOf(asApp, sql);
      expect([sql, state]).toEqual([sql, refused]);
    }
  });

  test.each(insertOnly)("may not change, remove or lock a row of %s", async (name) => {
    const column = tables.find((table) => table.name === name)?.column;
    for (const sql of [
      `update ${name} set ${column} = ${column}`,
      `delete from ${name}`,
      `truncate ${name}`,
      `select 1 from ${name} for update`,
    ]) {
      expect([sql, await stateOf(asApp, sql)]).toEqual([sql, refused]);
    }
  });

  test("gives nobody a right: a grant by it changes nothing", async () => {
    const rights = "select count(*)::int as n from information_schema.table_privileges";
    const before = await asApp.query(rights);
    await asApp.query("begin");
    for (const { name } of tables) {
      await asApp.query("savepoint here");
      // Refused, or granted nothing with a warning: PostgreSQL does either.
      await asApp
        .query(`grant all on ${name} to public`)
        .catch(() => asApp.query("rollback to here"));
    }
    const after = await asApp.query(rights);
    await asApp.query("rollback");
    expect(after.rows).toEqual(before.rows);
  });

  test("may remove rows only where rows may go away", async () => {
    const removable = [
      "catalog.conversions",
      "platform.idempotency",
      "imports.aliases",
      "imports.till_lines",
    ];
    for (const { name } of tables) {
      const state = await stateOf(asApp, `delete from ${name}`);
      expect([name, state]).toEqual([name, removable.includes(name) ? undefined : refused]);
    }
  });

  test("may not change what migrations wrote down", async () => {
    expect(await stateOf(asApp, "update platform.migrations set checksum = ''")).toBe(refused);
    expect(
      await stateOf(asApp, "insert into platform.migrations (name, checksum) values ('a', 'b')"),
    ).toBe(refused);
  });
});

describe("not even the owner", () => {
  test.each(insertOnly)("changes or removes a row of %s", async (name) => {
    const column = tables.find((table) => table.name === name)?.column;
    for (const sql of [
      `update ${name} set ${column} = ${column}`,
      `delete from ${name}`,
      `truncate ${name} cascade`,
    ]) {
      expect([sql, await stateOf(asOwner, sql)]).toEqual([sql, refused]);
    }
  });
});

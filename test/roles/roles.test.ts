import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import * as bakery from "../harness/bakery.ts";
import { refundCommands, stockCommands } from "../harness/commands.ts";
import { openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb } from "../harness/web.ts";

// Written once (domain rules 3): refused to the app by grants, and to the owner by a trigger. The
// database is asked which tables have that trigger, so none can be added or lost in silence.
const insertOnly = [
  "audit.copies",
  "audit.entries",
  "audit.seals",
  "imports.imports",
  "imports.records",
  "imports.till_articles",
  "imports.till_flags",
  "production.reversals",
  "production.run_by_products",
  "production.run_lines",
  "production.run_sub_recipes",
  "production.runs",
  "recipes.ingredients",
  "recipes.versions",
  "sales.payments",
  "sales.refund_lines",
  "sales.refund_payments",
  "sales.refunds",
  "sales.sale_lines",
  "sales.sales",
  "sales.voids",
  "settings.tax_rates",
  "sites.period_changes",
  "stock.allocations",
  "stock.cost_adjustments",
  "stock.cost_shares",
  "stock.count_lines",
  "stock.counts",
  "stock.document_reversals",
  "stock.genealogy",
  "stock.hold_lots",
  "stock.holds",
  "stock.layer_holds",
  "stock.lots",
  "stock.movements",
  "stock.price_correction_lines",
  "stock.price_corrections",
  "stock.receipt_lines",
  "stock.receipt_reversal_lines",
  "stock.receipts",
  "stock.releases",
  "stock.settlements",
  "stock.shortfall_cancellations",
  "stock.transfer_lines",
  "stock.transfers",
  "stock.waste_lines",
  "stock.wastes",
  "verifications.runs",
];

// Rows that go away, as those of all of pg-boss's tables do. All others stay for ever.
const removable = [
  "accounts.credentials",
  "accounts.failures",
  "accounts.known_addresses",
  "accounts.memberships",
  "accounts.second_factors",
  "accounts.sessions",
  "accounts.verifications",
  "catalog.conversions",
  "devices.pins",
  "imports.aliases",
  "imports.till_lines",
  "platform.events",
  "platform.idempotency",
  "platform.outgoing",
  "webhooks.deliveries",
];

// Jobs come and go; reports are computed from the books, so that all of them can be thrown away.
const isRemovable = (name: string) =>
  removable.includes(name) || /^(pgboss[.]|reports[.](?!exports$))/.test(name);

// Rows that are written once although they may be taken away.
const writtenOnce = ["catalog.conversions", "platform.idempotency"];

// The app reads what the installation says of itself.
const readOnly = ["platform.migrations"];

const refused = "42501";
let database: TestDatabase;
let asApp: pg.Client;
let asOwner: pg.Client;
let tables: { name: string; column: string }[] = [];
let schemas: string[] = [];
let sequences: string[] = [];

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
  schemas = await names(
    `select nspname as name from pg_namespace
     where nspname not like 'pg\\_%' and nspname <> 'information_schema'`,
  );
  sequences = await names("select schemaname || '.' || sequencename as name from pg_sequences");
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

async function names(sql: string): Promise<string[]> {
  const { rows } = await asOwner.query<{ name: string }>(`${sql} order by 1`);
  return rows.map(({ name }) => name);
}

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

  test("is refused every DDL, in every schema and on every table, sequence and function", async () => {
    expect(schemas).toEqual(expect.arrayContaining(["audit", "accounts", "keys", "devices"]));
    const ddl = [
      "create schema own",
      "create role other",
      "create extension pg_trgm",
      "alter role current_user superuser",
      // Would switch every trigger off.
      "set session_replication_role = replica",
      "drop function platform.refuse_change()",
      "alter function platform.refuse_change() rename to own",
    ];
    for (const schema of schemas) {
      ddl.push(
        `create table ${schema}.own (id int)`,
        `create view ${schema}.own as select 1`,
        `create sequence ${schema}.own`,
        `create function ${schema}.own() returns int language sql return 1`,
        `create type ${schema}.own as enum ('a')`,
        `drop schema ${schema} cascade`,
        `alter schema ${schema} rename to own`,
      );
    }
    for (const { name, column } of tables) {
      ddl.push(
        `drop table ${name} cascade`,
        `alter table ${name} add column own int`,
        `alter table ${name} drop column ${column} cascade`,
        `alter table ${name} disable trigger all`,
        `alter table ${name} owner to current_user`,
        `create trigger own before insert on ${name} for each row
           execute function platform.refuse_change()`,
        `create index on ${name} (${column})`,
        `create rule own as on insert to ${name} do instead nothing`,
        `truncate ${name} cascade`,
      );
    }
    for (const name of sequences) {
      ddl.push(`alter sequence ${name} restart`, `select setval('${name}', 1)`);
    }
    for (const sql of ddl) {
      const state = await stateOf(asApp, sql);
      expect([sql, state]).toEqual([sql, refused]);
    }
    // Not possible inside a transaction.
    await expect(asApp.query("alter system set fsync = off")).rejects.toThrow("permission denied");
  }, 60_000);

  test("the insert-only tables are those that the database guards by a trigger, no more, no less", async () => {
    // Before update (16), delete (8) and truncate (32), for the statement, and not switched off.
    const guarded = `select t.tgrelid::regclass::text as name from pg_trigger t
      where t.tgname = 'insert_only' and t.tgtype = 2 | 8 | 16 | 32 and t.tgenabled = 'O'
        and t.tgfoid = 'platform.refuse_change'::regproc`;
    expect(await names(guarded)).toEqual(insertOnly.toSorted());
    const any =
      "select tgrelid::regclass::text as name from pg_trigger where tgname = 'insert_only'";
    expect(await names(any)).toEqual(insertOnly.toSorted());
    const known = new Set(tables.map(({ name }) => name));
    const listed = [...insertOnly, ...removable, ...writtenOnce, ...readOnly];
    expect(listed.filter((name) => !known.has(name))).toEqual([]);
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
    for (const { name } of tables) {
      const state = await stateOf(asApp, `delete from ${name}`);
      expect([name, state]).toEqual([name, isRemovable(name) ? undefined : refused]);
    }
  });

  test("may change rows only where they are not written once", async () => {
    const fixed = [...insertOnly, ...writtenOnce, ...readOnly];
    for (const { name, column } of tables) {
      const state = await stateOf(asApp, `update ${name} set ${column} = ${column} where false`);
      expect([name, state]).toEqual([name, fixed.includes(name) ? refused : undefined]);
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

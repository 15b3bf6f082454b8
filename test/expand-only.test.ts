import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { contractionsOf, isContracting } from "../scripts/shipping/migrations.ts";

// Old code runs beside new during a canary and comes back in a rollback: a migration only adds, or says
// in a comment that it contracts and why (`-- contract: reason`). Those up to here landed before anything ran.
const landed = "20261128012232";
const folder = new URL("../migrations/", import.meta.url).pathname;

test("migrations only add, or say why they take away", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const newer = files.filter((name) => name.slice(0, landed.length) > landed);
  expect(files.length).toBeGreaterThan(newer.length);
  const problems = newer.flatMap((name) => {
    const sql = readFileSync(folder + name, "utf8");
    return isContracting(sql) ? [] : contractionsOf(sql).map((what) => `${name} ${what}`);
  });
  expect(problems).toEqual([]);
});

test.each([
  ['DROP TABLE "sales"."sales";', ["drops"]],
  ['ALTER TABLE "a"."b" DROP COLUMN "c";', ["drops"]],
  ["execute format('drop view %I', x);", ["drops"]],
  ['ALTER TABLE "a"."b" RENAME COLUMN "c" TO "d";', ["renames"]],
  ['ALTER TABLE "a"."b" RENAME TO "d";', ["renames"]],
  ["alter type mood rename value 'a' to 'b';", ["renames"]],
  ['ALTER TABLE "a"."b" ALTER COLUMN "c" SET NOT NULL;', ["sets NOT NULL"]],
  ['ALTER TABLE "a"."b" ALTER COLUMN "c" SET DATA TYPE bigint;', ["changes a type"]],
  ['alter table a\n  alter "c" type bigint;', ["changes a type"]],
  ["alter table a set schema b;", ["moves to another schema"]],
  ['ALTER TABLE a ADD COLUMN "c" text NOT NULL;', ["adds a column that old code does not fill"]],
])("planted: %s is found", (sql, found) => {
  expect(contractionsOf(sql)).toEqual(found);
});

test.each([
  "CREATE TABLE a (b int NOT NULL);",
  'ALTER TABLE a ADD COLUMN "c" text;',
  "ALTER TABLE a ADD COLUMN \"c\" text DEFAULT '' NOT NULL;",
  "alter table a alter column b drop not null;",
  "create temporary table t (a int) on commit drop;",
  "-- what we will drop one day\nselect 1;",
])("planted: %s only adds", (sql) => {
  expect(contractionsOf(sql)).toEqual([]);
});

test("a marker says why, not only that", () => {
  expect(isContracting("-- contract: nobody reads it since May\nDROP TABLE a;")).toBe(true);
  expect(isContracting("-- contract:\nDROP TABLE a;")).toBe(false);
  expect(isContracting("select '-- contract: no';")).toBe(false);
});

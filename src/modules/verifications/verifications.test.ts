import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { GUEST_ACTOR, SYSTEM_ACTOR } from "#platform/context.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { contextOf, corrupt, keepBooks } from "../../../test/harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { findLastVerification, verifyBooks } from "./index.ts";

let database: TestDatabase;
let web: TestWeb;
let owner: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await Promise.all([web.close(), owner.end()]);
  await database.drop();
});

test("a stranger may not have the books verified", async () => {
  await expect(verifyBooks({ ...contextOf(web.app), actor: GUEST_ACTOR })).rejects.toThrow(
    "Sign in",
  );
});

test("what came of each verification is written down, and the last one is found", async () => {
  const ctx = { ...contextOf(web.app), actor: SYSTEM_ACTOR };
  expect(await findLastVerification(ctx)).toBeUndefined();
  const books = await keepBooks(web, owner);
  const sound = await verifyBooks(ctx);
  expect(sound).toMatchObject({ isSound: true, problem: null });
  expect(sound.certificate).toMatch(/^[0-9a-f]{64}$/);
  await corrupt(
    owner,
    "balances",
    "update stock.balances set quantity = quantity + 1 where item_id = $1",
    books.flour,
  );
  const broken = await verifyBooks(ctx);
  expect(broken).toMatchObject({ isSound: false, certificate: null });
  expect(broken.problem).toStartWith("stock.balances ");
  expect(await findLastVerification(ctx)).toEqual(broken);
});

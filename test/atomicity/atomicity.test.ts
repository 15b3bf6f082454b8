import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as bakery from "../harness/bakery.ts";
import { allCommands, type Prepared, recipeCommands, recordCommands } from "../harness/commands.ts";
import { type Kitchen, openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { digestOf } from "./digest.ts";
import { createFaults } from "./fault.ts";

// The kitchen of a command's test is its own, so that nothing there depends on another test.
const faults = createFaults();
let database: TestDatabase;
let bench: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl, { observe: faults.observe });
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

function send({ method, path, body, headers }: Prepared) {
  return bench.client.ask(method, path, { body, headers });
}

async function verify(kitchen: Kitchen): Promise<void> {
  const found = await bakery.read(kitchen.client, `/stock/verify?siteId=${kitchen.siteId}`);
  expect(found).toMatchObject({ isSound: true });
}

const isLastWrite = (sql: string) => /insert into platform\.(?:idempotency|events)/.test(sql);

/** Far more than any command has; a loop that gets there has lost its end. */
const statementsMax = 90;

// Shared records have no key: an unknown outcome says so, and reading tells which it was.
const isRecord = new Set([...recordCommands, ...recipeCommands].map(({ name }) => name));

describe("a failure after any statement leaves nothing behind, and the retry succeeds", () => {
  for (const command of allCommands) {
    test(command.name, async () => {
      const kitchen = await openKitchen(bench.client);
      let tried = 0;
      for (let after = 1; ; after++) {
        expect(after).toBeLessThan(statementsMax);
        const request = await command.prepare(kitchen);
        const before = await digestOf(bench.app.db);
        faults.failAfter(after);
        const answer = await send(request);
        const [hasFailed, seen] = [faults.hasFailed(), faults.statements().length];
        const failedAt = faults.statements()[after - 1] ?? "";
        faults.failAfter(0);
        if (!hasFailed) {
          expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
          // All of them were tried: BEGIN is the first, COMMIT the one that is left.
          expect([tried, seen]).toEqual([seen - 1, seen]);
          await verify(kitchen);
          break;
        }
        tried += 1;
        if (isLastWrite(failedAt) && isRecord.has(command.name)) {
          expect([answer.status, answer.body.code]).toEqual([503, "database.outcome_unknown"]);
          expect(await digestOf(bench.app.db)).toEqual(before);
        } else if (isLastWrite(failedAt)) {
          // The last writes travel with COMMIT: their loss is an unknown outcome, which the command
          // settles by itself: it looks, finds nothing, and runs again.
          expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
        } else {
          expect(answer.status).toBe(500);
          expect(await digestOf(bench.app.db)).toEqual(before);
        }
        const retried = await send(request);
        expect(retried.status, JSON.stringify(retried.body)).toBeLessThan(300);
        expect(await digestOf(bench.app.db)).not.toEqual(before);
      }
      expect(tried).toBeGreaterThan(1);
    }, 60_000);
  }
});

describe("a reply lost after COMMIT is answered, not repeated", () => {
  for (const command of allCommands) {
    test(command.name, async () => {
      const kitchen = await openKitchen(bench.client);
      const request = await command.prepare(kitchen);
      faults.failAfterCommit();
      const lost = await send(request);
      expect(faults.hasFailed()).toBe(true);
      faults.failAfter(0);
      const done = await digestOf(bench.app.db);
      const again = await send(request);
      expect(await digestOf(bench.app.db)).toEqual(done);
      await verify(kitchen);
      if (isRecord.has(command.name)) {
        expect([lost.status, lost.body.code]).toEqual([503, "database.outcome_unknown"]);
        expect(again.status).not.toBe(500);
        return;
      }
      expect(lost.status, JSON.stringify(lost.body)).toBeLessThan(300);
      expect(again.status).toBe(lost.status);
      expect(again.body).toEqual(lost.body);
      expect(again.headers.get("idempotency-replayed")).toBe("true");
    }, 60_000);
  }
});

test("a till sale of two stocked lines takes at most 10 statements, BEGIN and COMMIT included", async () => {
  const { siteId, tillId, flour, butter, client } = await openKitchen(bench.client);
  const lines = [
    { itemId: flour, quantity: "2" },
    { itemId: butter, quantity: "1" },
  ];
  faults.failAfter(0);
  await bakery.sell(client, siteId, lines, { tillId });
  const statements = faults.statements();
  expect([statements[0], statements.at(-1)]).toEqual(["begin", "commit"]);
  expect(statements.filter((sql) => sql === "begin").length).toBe(1);
  expect(statements.length).toBeLessThanOrEqual(10);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import * as bakery from "../harness/bakery.ts";
import { importCommands, stockCommands } from "../harness/commands.ts";
import { type Kitchen, openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { type FaultyLine, startFaultyLine } from "../harness/proxy.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { digestOf } from "./digest.ts";

// The line is really cut: after PostgreSQL has committed, before the app has heard of it.
let database: TestDatabase;
let proxy: FaultyLine;
let bench: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  proxy = await startFaultyLine(database.appUrl);
  bench = openTestWeb(proxy.url);
}, 60_000);

afterAll(async () => {
  await bench.close();
  await proxy.close();
  await database.drop();
});

async function verify({ client, siteId }: Kitchen): Promise<void> {
  const found = await bakery.read(client, `/stock/verify?siteId=${siteId}`);
  expect(found).toMatchObject({ isSound: true });
}

for (const command of [...stockCommands, ...importCommands]) {
  test(`${command.name}: cut after COMMIT, it is answered once and never repeated`, async () => {
    const kitchen = await openKitchen(bench.client);
    const { method, path, body, headers } = await command.prepare(kitchen);
    const cuts = proxy.cuts();
    proxy.cutAfterNextCommit();
    const lost = await bench.client.ask(method, path, { body, headers });
    expect(proxy.cuts()).toBe(cuts + 1);
    expect(lost.status, JSON.stringify(lost.body)).toBeLessThan(300);
    const done = await digestOf(bench.app.db);
    const again = await bench.client.ask(method, path, { body, headers });
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([
      lost.status,
      "true",
    ]);
    expect(again.body).toEqual(lost.body);
    expect(await digestOf(bench.app.db)).toEqual(done);
    await verify(kitchen);
  }, 60_000);
}

test("cut before anything arrived, a sale is refused and the retry sells once", async () => {
  const kitchen = await openKitchen(bench.client);
  const { client, siteId, tillId, flour: itemId } = kitchen;
  const body = bakery.saleOf(siteId, [{ itemId, quantity: "1" }], { tillId });
  const before = await digestOf(bench.app.db);
  proxy.cutBeforeNextBegin();
  const lost = await client.ask("POST", "/sales", { body });
  expect([lost.status, lost.headers.has("retry-after")]).toEqual([503, true]);
  expect(await digestOf(bench.app.db)).toEqual(before);
  expect((await client.ask("POST", "/sales", { body })).status).toBe(201);
  expect((await bakery.balanceOf(client, siteId, itemId)).quantity).toBe("99");
  await verify(kitchen);
});

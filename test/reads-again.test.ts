import { afterAll, beforeAll, expect, test } from "bun:test";
import { sealAudit } from "#modules/audit/index.ts";
import { verifyReceipts } from "#modules/sales/index.ts";
import type { App } from "#platform/context.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { createWeb } from "../src/web/app.ts";
import { type TestClient, testClient } from "./harness/client.ts";
import { allCommands, importCommands } from "./harness/commands.ts";
import { testCtx } from "./harness/deeds.ts";
import { type Kitchen, lotsOf, openKitchen } from "./harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "./harness/postgres.ts";
import { openTestWeb, type TestWeb } from "./harness/web.ts";

// A snapshot that a replica has dropped is read again: what was counted the first time must not stay.
let database: TestDatabase;
let once: TestWeb;
let twice: App;
let again: TestClient;
let kitchen: Kitchen;

beforeAll(async () => {
  database = await testDatabase();
  once = openTestWeb(database.appUrl);
  const { app, client } = once;
  kitchen = await openKitchen(client);
  for (const command of allCommands) {
    const { method, path, body, headers } = await command.prepare(await openKitchen(client));
    await client.ask(method, path, { body, headers });
  }
  await sealAudit(testCtx(app));
  const withSnapshot: App["db"]["withSnapshot"] = async (work) => {
    await app.db.withSnapshot(work);
    return app.db.withSnapshot(work);
  };
  // Its getters and all else as they are.
  const db = Object.create(app.db, { withSnapshot: { value: withSnapshot } });
  twice = { ...app, db, telemetry: createTelemetry() };
  again = testClient(createWeb(twice));
}, 120_000);

afterAll(async () => {
  await once.close();
  await database.drop();
});

test("what is read on a snapshot answers the same when it is read again", async () => {
  const [lot] = await lotsOf(kitchen, kitchen.flour);
  const { siteId } = kitchen;
  for (const path of [
    "/stock/verify",
    `/stock/verify?siteId=${siteId}`,
    `/stock/lots/${lot}/trace?direction=forward`,
    `/stock/lots/${lot}/trace/sales`,
    `/stock/lots/${lot}/recall`,
  ]) {
    const [first, second] = [await once.client.ask("GET", path), await again.ask("GET", path)];
    expect([path, first.status]).toEqual([path, 200]);
    const ofNow = { checkedAt: "", drilledAt: "", seconds: "" };
    expect({ ...second.body, ...ofNow }).toEqual({ ...first.body, ...ofNow });
  }
  expect(await verifyReceipts(testCtx(twice))).toEqual(await verifyReceipts(testCtx(once.app)));
});

test("a dry run reports the same when it is planned again", async () => {
  let tried = 0;
  for (const command of importCommands) {
    const { method, path, body, headers } = await command.prepare(await openKitchen(once.client));
    if (path !== "/imports") continue;
    const trial = { ...(body as object), dryRun: true };
    tried += 1;
    const ask = (client: TestClient) => client.ask(method, path, { body: trial, headers });
    const [first, second] = [await ask(once.client), await ask(again)];
    expect([first.status, second.body]).toEqual([200, first.body]);
  }
  expect(tried).toBeGreaterThan(0);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { GUEST_ACTOR, SYSTEM_ACTOR } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import * as bakery from "../../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../../test/harness/postgres.ts";
import { contextOf } from "../../../../test/harness/stock-books.ts";
import { openTestWeb, type TestWeb } from "../../../../test/harness/web.ts";
import { openStock, verifyStock } from "../index.ts";

let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

test("opening stock comes in dated long ago, and only by the system", async () => {
  const { siteId } = await bakery.openShop(web.client);
  const itemId = await bakery.addItem(web.client);
  const lots = [
    {
      itemId,
      quantity: "2",
      value: "3",
      effectiveAt: "2020-03-01T05:00:00Z",
      expiresOn: "2999-01-01",
    },
    { itemId, quantity: "1", value: "1", effectiveAt: "2020-02-01T05:00:00Z" },
  ];
  const open = (actor: typeof SYSTEM_ACTOR | typeof GUEST_ACTOR) =>
    web.app.db.withTransaction((tx) =>
      openStock(tx, { ...contextOf(web.app), actor }, { siteId, sourceId: newId(), lots }),
    );
  await expect(open(GUEST_ACTOR)).rejects.toThrow("only the system");
  expect(await open(SYSTEM_ACTOR)).toHaveLength(2);
  const [first] = await bakery.layersOf(web.client, siteId, itemId);
  expect(first).toMatchObject({ effectiveAt: "2020-02-01T05:00:00Z", quantity: "1" });
  const verified = await verifyStock(contextOf(web.app), { siteId });
  expect(verified).toMatchObject({ isSound: true, broken: null });
});

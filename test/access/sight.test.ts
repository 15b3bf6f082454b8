import { afterAll, describe, expect, test } from "bun:test";
import { type Permission, roles } from "#modules/access/index.ts";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestClient, testClient } from "../harness/client.ts";
import { insertKey } from "../harness/key.ts";
import { openKitchen } from "../harness/kitchen.ts";
import { testDatabase } from "../harness/postgres.ts";
import { openTestWeb } from "../harness/web.ts";

const database = await testDatabase();
const { web, client, close } = openTestWeb(database.appUrl);
afterAll(async () => {
  await close();
  await database.drop();
});

const kitchen = await openKitchen(client);
const other = await bakery.openShop(client);
const third = await bakery.openShop(client);
const { doughRecipe } = kitchen;

/** Somebody who may do that at those sites, or everywhere. */
async function clientWith(
  permissions: readonly Permission[],
  siteIds: readonly string[] | null = null,
): Promise<TestClient> {
  const key = await insertKey(database.appUrl, newId(), undefined, permissions, siteIds);
  return testClient(web, { authorization: `Bearer ${key}` });
}

const baker = await clientWith(roles.baker);
const accountant = await clientWith(roles.accountant);

describe("what something costs is absent for those who may not see costs", () => {
  const places = {
    "the labour rate": ["/settings", "labourRate"],
    "the overhead of a recipe": [`/recipes/${doughRecipe}`, "overhead"],
    "the overhead of a version": [`/recipes/${doughRecipe}/versions/1`, "overhead"],
    "the overhead of a sheet": [`/recipes/${doughRecipe}/scale`, "overhead"],
  } as const;
  for (const [what, [path, field]] of Object.entries(places)) {
    test(what, async () => {
      expect((await accountant.get(path)).body).toHaveProperty(field);
      const { status, body } = await baker.get(path);
      expect([status, field in body]).toEqual([200, false]);
    });
  }

  test("the overheads in lists, and in their CSV", async () => {
    for (const path of ["/recipes", `/recipes/${doughRecipe}/versions`]) {
      const [shown] = (await accountant.get(path)).body.data;
      const [hidden] = (await baker.get(path)).body.data;
      expect(["overhead" in shown, "overhead" in hidden]).toEqual([true, false]);
    }
    await bakery.make(client, "/recipes", {
      itemId: await bakery.addItem(client, { kind: "product" }),
      yield: { quantity: "1", unit: "kg" },
      ingredients: [{ itemId: kitchen.flour, quantity: "1", unit: "kg" }],
      overhead: "98765.4321",
    });
    const csv = { accept: "text/csv" };
    expect((await accountant.get<string>("/recipes", csv)).body).toContain("98765.4321");
    expect((await baker.get<string>("/recipes", csv)).body).not.toContain("98765.4321");
  });

  test("the answer to their own change", async () => {
    const writer = await clientWith(["recipes.read", "recipes.change"]);
    const { body: before } = await writer.get(`/recipes/${doughRecipe}`);
    const patch = { labourMinutes: "11" };
    const { status, body } = await writer.patch(`/recipes/${doughRecipe}`, before.version, patch);
    expect([status, body.labourMinutes, "overhead" in body]).toEqual([200, "11", false]);
  });

  test("the cost of the next run is refused", async () => {
    const path = `/recipes/${doughRecipe}/cost?siteId=${kitchen.siteId}`;
    expect((await accountant.get(path)).status).toBe(200);
    expect((await baker.get(path)).status).toBe(403);
  });
});

describe("somebody of two sites", () => {
  const mine = [kitchen.siteId, other.siteId];

  test("lists those sites, their tills, and nobody else's", async () => {
    const manager = await clientWith(roles.manager, mine);
    const sites = (await manager.get("/sites")).body.data;
    expect(sites.map(({ id }: { id: string }) => id)).toEqual(mine);
    const tills = (await manager.get("/tills")).body.data;
    const at = tills.map(({ siteId }: { siteId: string }) => siteId);
    expect([...new Set(at)].sort()).toEqual(mine.toSorted());
    expect((await manager.get(`/tills?siteId=${third.siteId}`)).body.data).toEqual([]);
    expect((await manager.get(`/tills?siteId=${other.siteId}`)).body.data).toHaveLength(1);
  });

  test("changes them, but opens none and changes nothing that all sites share", async () => {
    const manager = await clientWith(roles.manager, mine);
    const { body: site } = await manager.get(`/sites/${other.siteId}`);
    const moved = await manager.patch(`/sites/${site.id}`, site.version, { cutover: "05:00" });
    expect([moved.status, moved.body.cutover]).toEqual([200, "05:00"]);
    const sold = await manager.patch(`/items/${kitchen.flour}`, 1, { price: "0.01" });
    expect([sold.status, sold.body.code]).toEqual([403, "access.forbidden"]);
    const another = { name: "One more", zone: "Europe/Paris", cutover: "03:00" };
    const opened = await manager.post("/sites", { ...another, pricesIncludeTax: true });
    expect([opened.status, opened.body.code]).toEqual([403, "access.forbidden"]);
  });

  test("is refused what they may not do at all, and told nothing of other sites", async () => {
    const reader = await clientWith(["sites.read"], mine);
    const keeper = await clientWith(["sites.read", "tills.change"], [kitchen.siteId]);
    const till = { siteId: other.siteId, name: `Till ${newId()}` };
    expect((await reader.post("/tills", till)).body.code).toBe("access.forbidden");
    const unknown = await keeper.post("/tills", till);
    const missing = await keeper.post("/tills", { ...till, siteId: newId() });
    expect(unknown.body.code).toBe("sites.site_unknown");
    const told = ({ traceId: _, ...rest }: Record<string, unknown>) => rest;
    expect(told(unknown.body)).toEqual(told(missing.body));
  });
});

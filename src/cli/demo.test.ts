import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { roleNames } from "#modules/access/index.ts";
import { verifyStock } from "#modules/stock/index.ts";
import { statement } from "#platform/db.ts";
import { testClient } from "../../test/harness/client.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../test/harness/web.ts";
import { demoState, seedDemo } from "./demo.ts";
import { systemCtx } from "./terminal.ts";

const now = new Date("2026-11-21T15:20:00Z");
let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl, { now: () => now });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

async function count(sql: string): Promise<number> {
  const [row] = await web.app.db.run<{ n: string }>(
    statement("", `select count(*) as n from ${sql}`),
  );
  return Number(row?.n);
}

async function certificate() {
  const answer = await verifyStock(systemCtx(web.app));
  expect(answer.broken).toBeNull();
  return answer.certificate;
}

describe("the demo bakery", () => {
  const said: string[] = [];

  test("a seed that was killed is seen, and goes on where it stopped", async () => {
    expect(await demoState(web.app)).toBe("empty");
    let records = 0;
    const killed = { ...web.app.db };
    killed.withTransaction = (work) => {
      records += 1;
      if (records > 400) throw new Error("killed");
      return web.app.db.withTransaction(work);
    };
    const seeding = seedDemo({ ...web.app, db: killed }, () => {});
    await expect(seeding).rejects.toThrow("killed");
    expect(await demoState(web.app)).toBe("unfinished");
    await seedDemo(web.app, (sentence) => said.push(sentence));
    expect(await demoState(web.app)).toBe("finished");
  }, 120_000);

  test("it is a month of two sites, whose books hold", async () => {
    const rows = await certificate();
    expect(rows?.movements).toBeGreaterThan(5_000);
    expect(await count("sites.sites")).toBe(2);
    expect(await count("sales.sales")).toBeGreaterThan(1_500);
    expect(await count("sales.sales")).toBeLessThan(3_500);
    expect(await count("production.runs")).toBeGreaterThan(300);
    expect(await count("sales.voids")).toBeGreaterThan(5);
    expect(await count("stock.counts")).toBeGreaterThan(7);
    expect(await count("stock.wastes")).toBeGreaterThan(40);
    expect(await count("stock.lots where expires_on is not null")).toBeGreaterThan(100);
    expect(await count("stock.layers where quantity < 0 or value < 0")).toBe(0);
    expect(said[0]).toContain("2026-10-22");
  });

  test("what was sold before its run came was settled by it", async () => {
    expect(await count("stock.shortfalls")).toBe(1);
    expect(await count("stock.shortfalls where open_quantity > 0")).toBe(0);
    expect(await count("stock.settlements")).toBe(1);
  });

  test("today is not empty, and nothing is later than now", async () => {
    expect(await count("sales.sales where business_date = '2026-11-21'")).toBeGreaterThan(20);
    expect(await count(`sales.sales where sold_at > '${now.toISOString()}'`)).toBe(0);
    expect(await count("stock.balances where quantity > 0")).toBeGreaterThan(40);
  });

  test("its key is said once, when it is ready, and opens everything", async () => {
    const keys = said.join("\n").match(/bnt_key_[A-Za-z0-9_-]{43}/g) ?? [];
    expect([keys.length, said.at(-1)]).toEqual([1, expect.stringContaining(keys[0] ?? "-")]);
    const { status, body } = await web.client.get("/keys", { authorization: `Bearer ${keys[0]}` });
    expect(status).toBe(200);
    expect(body.data.map((each: { name: string }) => each.name)).toEqual(["Test", "Demo"]);
  });

  test("there is an account a role, whose password was said once and opens it", async () => {
    const lines = said.filter((line) => line.includes("@demo.example"));
    const accounts = lines.map((line) => line.trim().split(/\s+/));
    expect(accounts.map(([email]) => email?.split("@")[0])).toEqual([...roleNames]);
    for (const [email = "", password = ""] of accounts) {
      const signIn = await testClient(web.web, {}).post("/session", { email, password });
      expect(signIn.body).toEqual({ status: "signed_in" });
    }
    expect(await count("accounts.memberships where site_id is not null")).toBe(2);
  });

  test("made again it changes nothing, and says no password", async () => {
    const again: string[] = [];
    const before = await certificate();
    const sales = await count("sales.sales");
    await seedDemo(web.app, (sentence) => again.push(sentence));
    expect(again.join()).not.toContain("@demo.example");
    expect(again.join()).not.toContain("bnt_key_");
    expect(await certificate()).toEqual(before);
    expect(await count("sales.sales")).toBe(sales);
  }, 120_000);
});

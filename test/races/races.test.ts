import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";

// A real process, real sockets and a real PostgreSQL: what the promises P2 and P3 are about.
let database: TestDatabase;
let server: WebProcess;
let client: RemoteClient;

beforeAll(async () => {
  database = await testDatabase();
  server = await startWebProcess(database.appUrl);
  client = remoteClient(server.base);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await database.drop();
});

async function verify(siteId: string): Promise<void> {
  const found = await bakery.read(client, `/stock/verify?siteId=${siteId}`);
  expect(found).toMatchObject({ isSound: true });
}

interface Outcome {
  readonly status: number;
  readonly code: string | undefined;
}

async function sale(body: unknown): Promise<Outcome> {
  const answer = await client.ask("POST", "/sales", { body });
  return { status: answer.status, code: answer.body.code };
}

function countOf(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of outcomes) {
    const name = code === undefined ? String(status) : `${status} ${code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("200 clients sell the last 50 units", () => {
  const rounds = 20;
  test("exactly 50 are sold in each of 20 rounds, the others are refused [V#4930, I#12478]", async () => {
    const itemId = await bakery.addItem(client, { unit: "piece", kind: "product", price: "1.20" });
    const { siteId, tillIds } = await bakery.openShop(client, {}, 8);
    for (let round = 1; round <= rounds; round++) {
      await bakery.receive(client, siteId, [{ itemId, quantity: "50", totalCost: "33.35" }]);
      const sales = Array.from({ length: 200 }, (_, index) => {
        // Half of them through tills, whose rows are another thing to queue for.
        const tillId = index % 2 === 0 ? { tillId: tillIds[(index / 2) % tillIds.length] } : {};
        return sale(bakery.saleOf(siteId, [{ itemId, quantity: "1" }], tillId));
      });
      expect(countOf(await Promise.all(sales))).toEqual({ "201": 50, "409 stock.short": 150 });
      const left = await bakery.balanceOf(client, siteId, itemId);
      expect([Number(left.quantity), Number(left.value)]).toEqual([0, 0]);
    }
    await verify(siteId);
    const { data } = await bakery.read(client, `/stock/movements?siteId=${siteId}&limit=200`);
    expect(data.length).toBe(200);
  }, 120_000);
});

describe("overlapping baskets in opposite order", () => {
  test("two tills with many clients each never see a deadlock, and every unit is accounted for", async () => {
    const items = await Promise.all(
      Array.from({ length: 4 }, () => bakery.addItem(client, { unit: "piece", price: "3.00" })),
    );
    const { siteId, tillIds } = await bakery.openShop(client, {}, 2);
    const stock = items.map((itemId) => ({ itemId, quantity: "400", totalCost: "100.01" }));
    await bakery.receive(client, siteId, stock);
    const forward = items.map((itemId) => ({ itemId, quantity: "1" }));
    const baskets = [forward, forward.toReversed(), [...forward.slice(2), ...forward.slice(0, 2)]];
    const outcomes: Outcome[] = [];
    for (let round = 0; round < 10; round++) {
      const sales = Array.from({ length: 30 }, (_, index) => {
        const tillId = tillIds[index % 2];
        return sale(bakery.saleOf(siteId, baskets[index % 3] ?? [], { tillId }));
      });
      outcomes.push(...(await Promise.all(sales)));
    }
    expect(countOf(outcomes)).toEqual({ "201": 300 });
    for (const itemId of items) {
      expect((await bakery.balanceOf(client, siteId, itemId)).quantity).toBe("100");
    }
    await verify(siteId);
  }, 120_000);
});

describe("the same sale sent by many clients at once", () => {
  test("is recorded once: one 201, the rest replays or idempotency.running", async () => {
    const itemId = await bakery.addItem(client);
    const { siteId, tillIds } = await bakery.openShop(client);
    const [tillId] = tillIds;
    await bakery.receive(client, siteId, [{ itemId, quantity: "100", totalCost: "100.00" }]);
    for (let round = 0; round < 10; round++) {
      const body = bakery.saleOf(siteId, [{ itemId, quantity: "1" }], { tillId });
      const twins = Array.from({ length: 20 }, () => client.ask("POST", "/sales", { body }));
      const answers = await Promise.all(twins);
      const first = answers.filter(
        ({ status, headers }) => status === 201 && !headers.has("idempotency-replayed"),
      );
      expect(first.length).toBe(1);
      for (const answer of answers) {
        if (answer.status === 201) expect(answer.body).toEqual(first[0]?.body);
        else expect([answer.status, answer.body.code]).toEqual([409, "idempotency.running"]);
        if (answer.status === 409) expect(answer.headers.get("retry-after")).toBe("1");
      }
      const again = await client.ask("POST", "/sales", { body });
      expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
      expect(again.body).toEqual(first[0]?.body);
    }
    expect((await bakery.balanceOf(client, siteId, itemId)).quantity).toBe("90");
    const { data } = await bakery.read(client, `/sales?siteId=${siteId}`);
    const numbers = data.map((each: { receiptNumber: number }) => each.receiptNumber);
    expect(numbers.toSorted((a: number, b: number) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    await verify(siteId);
  }, 60_000);

  test("with another body it is 422, whoever comes first", async () => {
    const itemId = await bakery.addItem(client);
    const { siteId } = await bakery.openShop(client);
    await bakery.receive(client, siteId, [{ itemId, quantity: "10", totalCost: "10.00" }]);
    const id = newId();
    const bodies = ["1", "2"].map((quantity) =>
      bakery.saleOf(siteId, [{ itemId, quantity }], { id }),
    );
    const outcomes = await Promise.all(bodies.map((body) => sale(body)));
    expect(outcomes.filter(({ status }) => status === 201).length).toBe(1);
    const refused = bodies[outcomes[0]?.status === 201 ? 1 : 0];
    expect(await sale(refused)).toEqual({ status: 422, code: "idempotency.reused" });
    await verify(siteId);
  });
});

test("voids of the same sale at once: one succeeds, the stock comes back once", async () => {
  const itemId = await bakery.addItem(client);
  const { siteId } = await bakery.openShop(client);
  await bakery.receive(client, siteId, [{ itemId, quantity: "10", totalCost: "10.01" }]);
  const { id } = await bakery.sell(client, siteId, [{ itemId, quantity: "3" }]);
  const voids = Array.from({ length: 12 }, () =>
    client.ask("POST", `/sales/${id}/void`, { body: { reason: "twice" }, headers: bakery.key() }),
  );
  const statuses = (await Promise.all(voids)).map(({ status }) => status).sort();
  expect(statuses).toEqual([200, ...Array.from({ length: 11 }, () => 409)]);
  expect(await bakery.balanceOf(client, siteId, itemId)).toEqual({
    quantity: "10",
    value: "10.01",
  });
  await verify(siteId);
}, 60_000);

// The statistics of a backend are complete when it has ended.
test("no deadlock happened, not even one that a retry hid", async () => {
  expect(await server.stop()).toBe(0);
  const looking = new pg.Client({ connectionString: database.ownerUrl });
  await looking.connect();
  const { rows } = await looking.query(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  await looking.end();
  expect(rows).toEqual([{ deadlocks: "0" }]);
  server = await startWebProcess(database.appUrl);
  client = remoteClient(server.base);
}, 30_000);

// Here a deadlock may happen inside: then one of the two runs again, and nobody is told.
test("balances that do not exist yet are created by many at once without an error", async () => {
  const items = await Promise.all(Array.from({ length: 6 }, () => bakery.addItem(client)));
  const { siteId, tillIds } = await bakery.openShop(client, {}, 2);
  const sales = Array.from({ length: 24 }, (_, index) => {
    const order = index % 2 === 0 ? items : items.toReversed();
    const lines = order.map((itemId) => ({ itemId, quantity: "0.333333" }));
    return sale(bakery.saleOf(siteId, lines, { tillId: tillIds[index % 2], onShort: "record" }));
  });
  expect(countOf(await Promise.all(sales))).toEqual({ "201": 24 });
  const { data } = await bakery.read(client, `/shortfalls?siteId=${siteId}&limit=200`);
  expect(data.length).toBe(24 * items.length);
  await verify(siteId);
}, 60_000);

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { allCommands } from "../harness/commands.ts";
import { testActor } from "../harness/key.ts";
import { type Kitchen, openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

// Every change that somebody may have to answer for, and what the audit calls it.
const deeds: Readonly<Record<string, string>> = {
  changeSettings: "settings.changed",
  addTaxRate: "tax_rate.added",
  openSite: "site.opened",
  changeSite: "site.changed",
  archiveSite: "site.archived",
  addTill: "till.added",
  changeTill: "till.changed",
  archiveTill: "till.archived",
  closePeriod: "period.closed",
  reopenPeriod: "period.reopened",
  archiveSupplier: "supplier.archived",
  archiveCategory: "category.archived",
  changeItem: "item.price_changed",
  archiveItem: "item.archived",
  archiveRecipe: "recipe.archived",
  importFile: "import.recorded",
};

let database: TestDatabase;
let web: TestWeb;
let kitchen: Kitchen;
let books: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  kitchen = await openKitchen(web.client);
  books = new pg.Client({ connectionString: database.ownerUrl });
  await books.connect();
});
afterAll(async () => {
  await books.end();
  await web.close();
  await database.drop();
});

interface Entry {
  readonly action: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly line: string;
}

async function entriesOf(traceId: string): Promise<Entry[]> {
  const { rows } = await books.query<Entry>(
    `select action, before, after, e::text as line from audit.entries e
     where trace_id = $1 and actor_id = $2`,
    [traceId, testActor],
  );
  return rows;
}

/** Sends it under a trace of its own, by which its entries are found. */
async function send(method: string, path: string, ask: { body?: unknown; headers?: object }) {
  const traceId = newId().replaceAll("-", "");
  const headers = { ...ask.headers, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const { status, body } = await web.client.ask(method, path, { body: ask.body, headers });
  return { status, body, entries: await entriesOf(traceId) };
}

describe("a change stands in the audit once, by whom, and without a name", () => {
  for (const [operationId, action] of Object.entries(deeds)) {
    test(`${operationId}: ${action}`, async () => {
      const command = allCommands.find((each) => each.operationId === operationId);
      const request = await command?.prepare(kitchen);
      if (request === undefined) throw new Error(`no command makes ${operationId}`);
      const { status, entries } = await send(request.method, request.path, request);
      expect([status < 300, entries.map((entry) => entry.action)]).toEqual([true, [action]]);
      const { name } = (request.body ?? {}) as { name?: string };
      if (name !== undefined) expect(entries[0]?.line).not.toContain(name);
      const again = await send(request.method, request.path, request);
      expect(again.entries).toEqual([]);
    });
  }
});

test("a price stands there before and after; a change that keeps the price does not", async () => {
  const id = await bakery.addItem(web.client, { price: "2.50" });
  const change = (version: number, body: object) =>
    send("PATCH", `/items/${id}`, { body, headers: { "if-match": `"${version}"` } });
  const [raised] = (await change(1, { price: "2.75" })).entries;
  expect([raised?.before, raised?.after]).toEqual([{ price: "2.5" }, { price: "2.75" }]);
  const [unpriced] = (await change(2, { price: null })).entries;
  expect(unpriced?.after).toEqual({ price: null });
  expect((await change(3, { name: `Rye ${newId()}`, price: null })).entries).toEqual([]);
});

test("what is refused is not in the audit", async () => {
  const id = await bakery.addItem(web.client, { price: "2.50" });
  const body = { price: "2.75" };
  const stale = await send("PATCH", `/items/${id}`, { body, headers: { "if-match": '"7"' } });
  expect([stale.status, stale.entries]).toEqual([412, []]);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { statement } from "#platform/db.ts";
import * as bakery from "../harness/bakery.ts";
import { allCommands } from "../harness/commands.ts";
import { testActor } from "../harness/key.ts";
import { type Kitchen, openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

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

interface Entry {
  readonly action: string;
  readonly siteId: string | null;
  readonly actorId: string;
  readonly before: unknown;
  readonly after: unknown;
}

const entries = statement(
  "test_entries",
  `select action, site_id as "siteId", actor_id as "actorId", before, after
   from audit.entries where subject_id = $1 order by id desc limit 1`,
);
const entriesOf = (subjectId: string) => web.app.db.run<Entry>(entries, [subjectId]);

async function run(name: string, kitchen: Kitchen) {
  const command = allCommands.find((each) => each.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const { method, path, body, headers } = await command.prepare(kitchen);
  const send = () => web.client.ask(method, path, { body, headers });
  const answer = await send();
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  expect((await send()).headers.get("idempotency-replayed")).toBe("true");
  return { path, body: answer.body };
}

test.each([
  ["count with a loss and a gain", "count.recorded"],
  ["count reversal that reopens a shortfall", "count.reversed"],
  ["waste reversal", "waste.reversed"],
  ["receipt reversal", "receipt.reversed"],
  ["run reversal", "run.reversed"],
])(
  "%s: who did it, once, with what changed",
  async (name, action) => {
    const kitchen = await openKitchen(web.client);
    const { body } = await run(name, kitchen);
    const { siteId } = kitchen;
    const [entry] = await entriesOf(body.id);
    expect(entry).toMatchObject({ action, siteId, actorId: testActor });
    expect(entry?.after).toBeTruthy();
  },
  30_000,
);

test("a count's entry has its differences", async () => {
  const kitchen = await openKitchen(web.client);
  const { body } = await run("count with a loss and a gain", kitchen);
  const differences = body.lines.map(({ itemId, lotId, difference }: Entry & Line) => {
    return { itemId, lotId, difference };
  });
  expect((await entriesOf(body.id))[0]?.after).toEqual({ differences });
});

interface Line {
  readonly itemId: string;
  readonly lotId: string | null;
  readonly difference: string;
}

test("a late price's entry has the costs before and after", async () => {
  const kitchen = await openKitchen(web.client);
  const { body } = await run("price correction that follows butter into dough", kitchen);
  const [entry] = await entriesOf(body.receiptId);
  expect(entry?.action).toBe("receipt.prices_corrected");
  const of = (lines: unknown) => (lines as { lines: { cost: string }[] }).lines.map((l) => l.cost);
  expect([of(entry?.before), of(entry?.after)]).toEqual([
    ["10", "10"],
    ["11", "7.77"],
  ]);
});

test("a hold and its release are entries of the lot", async () => {
  const kitchen = await openKitchen(web.client);
  const held = await run("hold of a lot and what was made of it", kitchen);
  const [hold] = await entriesOf(held.body.lotId);
  expect(hold).toMatchObject({ action: "lot.held", after: { holdId: held.body.id, lotCount: 2 } });
  await bakery.make(web.client, `/stock/lots/${held.body.lotId}/release`, {});
  const [release] = await entriesOf(held.body.lotId);
  expect(release).toMatchObject({ action: "lot.released", after: { holdId: held.body.id } });
});

test("sales, receipts, waste and runs leave none: the ledger says who did them", async () => {
  const kitchen = await openKitchen(web.client);
  for (const name of ["sale", "receipt", "waste", "run", "transfer"]) {
    const { body } = await run(name, kitchen);
    expect([name, ...(await entriesOf(body.id))]).toEqual([name]);
  }
});

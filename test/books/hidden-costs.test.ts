import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parse } from "csv-parse/sync";
import { roles } from "#modules/access/index.ts";
import { clientAs } from "../harness/actors.ts";
import * as bakery from "../harness/bakery.ts";
import type { TestClient } from "../harness/client.ts";
import { allCommands } from "../harness/commands.ts";
import { type Kitchen, lotsOf, openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { namesIn, type Operation, operationsOf } from "./guarded.ts";

const tags = ["Stock", "Production", "Sales", "Recalls"];

let database: TestDatabase;
let web: TestWeb;
/** Its first lot of flour went into dough. */
let kitchen: Kitchen;
let operations: Operation[];
let guarded: ReadonlySet<string>;
const clients = new Map<string, TestClient>();

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  operations = operationsOf(web.web.document).filter(({ tag }) => tags.includes(tag));
  // What a broken row says is not a name of its own: counts expect something, too.
  const isNamed = ({ operationId }: Operation) => operationId !== "verifyStock";
  const fields = operations.filter(isNamed).flatMap((operation) => operation.fields);
  guarded = new Set(fields.flatMap(({ name, isGuarded }) => (isGuarded ? [name] : [])));
  for (const command of ofBooks()) {
    const used = await openKitchen(web.client);
    await send(web.client, command, used);
    if (command.operationId === "holdLot") kitchen = used;
  }
  for (const role of ["owner", "baker", "cashier"] as const) {
    clients.set(role, await clientAs({ database, web }, role));
  }
}, 120_000);
afterAll(async () => {
  await web.close();
  await database.drop();
});

function ofBooks() {
  const known = new Set(operations.map(({ operationId }) => operationId));
  return allCommands.filter(({ operationId }) => known.has(operationId));
}

async function send(client: TestClient, command: (typeof allCommands)[number], at: Kitchen) {
  const { method, path, body, headers } = await command.prepare(at);
  const answer = await client.ask(method, path, { body, headers });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  const again = await client.ask(method, path, { body, headers });
  expect([again.status, again.body]).toEqual([answer.status, answer.body]);
  return answer.body;
}

function clientOf(role: string): TestClient {
  const client = clients.get(role);
  if (client === undefined) throw new Error(`no client of ${role}`);
  return client;
}

/** The paths of a read, with ids of records that are there. */
async function pathsOf({ path }: Operation): Promise<string[]> {
  const plain = path.replace("/api/v1", "");
  if (!plain.includes("{id}")) return [plain];
  const [list = "", rest = ""] = plain.split("/{id}");
  const ids = list === "/stock/lots" ? await lotIds() : await idsOf(list);
  return ids.map((id) => `${list}/${id}${rest}`);
}

async function idsOf(list: string): Promise<string[]> {
  const { data } = await bakery.read(web.client, `${list}?limit=200`);
  return data.map(({ id }: { id: string }) => id);
}

async function lotIds(): Promise<string[]> {
  const lots = await lotsOf(kitchen, kitchen.flour);
  return lots.slice(0, 3);
}

describe("what shows costs", () => {
  test("no field that is called like a cost, a value or a margin is left unguarded", () => {
    // A flag, minutes, a number of rows: they tell no amount.
    const harmless = ["isCostUnknown", "costPending", "labourMinutes", "costAdjustments"];
    // All of such a record is cost: reading it takes costs.read.
    const whole = /^(?:PriceCorrection(?:Page)?|CorrectedLayerPage|CostAdjustmentPage)\./;
    const isCost = /cost|value|margin|worth|overhead|labour|material|loss/i;
    const open = operations
      .flatMap(({ fields }) => fields)
      .filter(({ name, isGuarded }) => isCost.test(name) && !isGuarded)
      .filter(({ name, path }) => !harmless.includes(name) && !whole.test(path));
    expect(open.map(({ path }) => path)).toEqual([]);
    expect(guarded.size).toBeGreaterThan(8);
  });

  test("the owner's answers have every guarded field", async () => {
    for (const operation of operations.filter(({ method }) => method === "get")) {
      const wanted = new Set(operation.fields.flatMap((f) => (f.isGuarded ? [f.name] : [])));
      if (operation.operationId === "verifyStock" || wanted.size === 0) continue;
      const found = new Set<string>();
      for (const path of await pathsOf(operation)) {
        const answer = await bakery.read(clientOf("owner"), path);
        for (const name of namesIn(answer, wanted)) found.add(name);
      }
      expect([operation.operationId, [...found].sort()]).toEqual([
        operation.operationId,
        [...wanted].sort(),
      ]);
    }
  }, 60_000);
});

describe.each(["baker", "cashier"] as const)("a %s", (role) => {
  test("reads no cost anywhere", async () => {
    let read = 0;
    for (const operation of operations.filter(({ method }) => method === "get")) {
      for (const path of await pathsOf(operation)) {
        const answer = await clientOf(role).get(path);
        expect([200, 403], `${path} ${answer.status}`).toContain(answer.status);
        expect([path, ...namesIn(answer.body, guarded)]).toEqual([path]);
        read += answer.status === 200 ? 1 : 0;
      }
    }
    expect(read).toBeGreaterThan(10);
  }, 60_000);

  test("is answered no cost by any command, nor by its replay", async () => {
    const mine = new Set<string>(roles[role]);
    const permissionOf: Readonly<Record<string, string>> = {
      recordReceipt: "stock.receive",
      recordWaste: "stock.waste",
      recordCount: "stock.count",
      transferStock: "stock.transfer",
      recordRun: "production.record",
      reverseRun: "production.reverse",
      ringUpSale: "sales.ring_up",
      holdLot: "stock.hold",
    };
    const done = [];
    for (const command of ofBooks()) {
      if (!mine.has(permissionOf[command.operationId] ?? "nobody")) continue;
      const body = await send(clientOf(role), command, await openKitchen(web.client));
      expect([command.name, ...namesIn(body, guarded)]).toEqual([command.name]);
      done.push(command.name);
    }
    expect(done.length).toBeGreaterThan(3);
  }, 60_000);

  test("gets the columns of a table, and nothing in those of costs", async () => {
    const csv = { accept: "text/csv" };
    const rowsOf = async (who: string, path: string) => {
      const { status, body } = await clientOf(who).get(path, csv);
      expect(status).toBe(200);
      return parse(body, { columns: true, relax_column_count: true }) as Record<string, string>[];
    };
    for (const [path, column] of [
      ["/stock", "value"],
      ["/receipts", "line.totalCost"],
      ["/stock/movements", "value"],
    ] as const) {
      const filled = (rows: Record<string, string>[]) => rows.filter((row) => row[column]).length;
      const [mine, owners] = [await rowsOf(role, path), await rowsOf("owner", path)];
      expect(Object.keys(mine[0] ?? {})).toEqual(Object.keys(owners[0] ?? {}));
      expect(filled(mine)).toBe(0);
      expect(filled(owners)).toBeGreaterThan(0);
    }
  });
});

test("a recall, as a table and as a page, is the same for who sees costs and who does not", async () => {
  const [lotId = ""] = await lotIds();
  const timeless = (text: string) => text.replaceAll(/\d+(?:\.\d+)? s\b|Drilled at [^<]*/g, "");
  for (const path of [`/stock/lots/${lotId}/recall.csv`, `//recalls/${lotId}`]) {
    const [mine, owners] = [await clientOf("baker").get(path), await clientOf("owner").get(path)];
    expect([mine.status, timeless(mine.body)]).toEqual([200, timeless(owners.body)]);
    expect(mine.body.split("</style>").at(-1)).not.toMatch(/cost|value|margin/i);
  }
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { statement } from "#platform/db.ts";
import * as bakery from "../harness/bakery.ts";
import type { TestCommand } from "../harness/commands/command.ts";
import {
  accountCommands,
  allCommands,
  keyAndTillCommands,
  type Prepared,
  uploadCommands,
  webhookCommands,
} from "../harness/commands.ts";
import { testCredentials } from "../harness/key.ts";
import { type Kitchen, openKitchen } from "../harness/kitchen.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { doorCommands } from "./doors.ts";
import { type Place, queryOperations, textAt, textOperations, withText } from "./fields.ts";
import { isListPresent, listPath, megabyte, naughtyStrings, ownStrings } from "./texts.ts";

const texts = [...ownStrings, ...naughtyStrings()];

// Every place gets our own texts and one in so many of the list, another part each day and place: all
// of it in the long form.
const listShare = process.env["BANNETON_TEST_LONG"] === "1" ? 1 : 5;
const seed = Number(process.env["BANNETON_TEST_SEED"] ?? Math.floor(Date.now() / 86_400_000));
console.info(`naughty strings: 1 in ${listShare}, BANNETON_TEST_SEED=${seed}`);
let places = seed;

function textsOfPlace(): readonly string[] {
  places += 1;
  return texts.filter((_, at) => at < ownStrings.length || (at + places) % listShare === 0);
}

let database: TestDatabase;
let bench: TestWeb;
let kitchen: Kitchen;
let doors: ReturnType<typeof doorCommands>;

beforeAll(async () => {
  database = await testDatabase();
  bench = openTestWeb(database.appUrl);
  kitchen = await openKitchen(bench.client);
  doors = doorCommands(bench);
}, 60_000);

afterAll(async () => {
  await bench.close();
  await database.drop();
});

if (!isListPresent) test.skip(`the list of naughty strings is not at ${listPath}`, () => {});

const decoder = new TextDecoder();

/** Whoever is signed in shows that, and no key. */
const credentialsOf = (headers: object) => ("cookie" in headers ? {} : testCredentials);

async function fetchRaw(request: Prepared | { method: string; path: string }, body?: string) {
  const headers = "headers" in request ? request.headers : {};
  const json = body === undefined ? {} : { body };
  const init = { method: request.method, ...json };
  const all = { "content-type": "application/json", ...credentialsOf(headers), ...headers };
  const url = `http://localhost/api/v1${request.path}`;
  const response = await bench.web.fetch(new Request(url, { ...init, headers: all }));
  const text = decoder.decode(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, text };
}

type RawAnswer = Awaited<ReturnType<typeof fetchRaw>>;

/** A 4xx problem that does not repeat what was sent; anything else is an error. */
function expectRefusal(answer: RawAnswer, sent: string, what: string): void {
  const where = `${what} ${JSON.stringify(sent.slice(0, 60))}`;
  const isClient = answer.status >= 400 && answer.status < 500;
  if (!isClient)
    throw new Error(`${where} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  const type = answer.headers.get("content-type");
  if (type !== "application/problem+json") throw new Error(`${where} answered ${type}`);
  const { detail, errors } = JSON.parse(answer.text);
  const said = JSON.stringify([detail, errors]);
  if (sent.trim().length > 12 && said.includes(sent)) throw new Error(`${where} was repeated`);
}

/** Where the record can be read that a request made, changed or undid. */
function recordPath(request: Prepared, answer: RawAnswer): string {
  const location = answer.headers.get("location");
  if (location !== null) return location.replace(/^\/api\/v1/, "");
  return request.path.replace(/\/(?:void|reverse|release)$/, "");
}

/** The same field in the answer, or that very text anywhere in it: a reason has a longer name there. */
function comesBack(body: unknown, place: Place, text: string): boolean {
  if (textAt(body, place) === text) return true;
  const isThere = (value: unknown): boolean =>
    value === text ||
    (typeof value === "object" && value !== null && Object.values(value).some(isThere));
  return isThere(body);
}

const voidReason = statement(
  "test_void_reason",
  "select reason from sales.voids where sale_id = $1::uuid",
);

/** What the record says; of a void, whose reason no route answers yet, its row. */
async function readBack(operationId: string, request: Prepared, answer: RawAnswer) {
  const path = recordPath(request, answer);
  if (operationId === "voidSale") return bench.app.db.run(voidReason, [path.split("/").at(-1)]);
  const got = await fetchRaw({ method: "GET", path });
  if (got.status !== 200) throw new Error(`${path} cannot be read: ${got.status}`);
  return JSON.parse(got.text);
}

const isAmong = (commands: readonly TestCommand[], operationId: string) =>
  commands.some((each) => each.operationId === operationId);
const isDoor = (operationId: string) => isAmong(doors, operationId);
// What gets through there costs a slow hash or two: these get one text of theirs in so many.
const isSlow = (operationId: string) =>
  isDoor(operationId) || isAmong(accountCommands, operationId);
const slowShare = 4;

// A refused request leaves nothing, so it serves for the next text too.
const prepared = new Map<string, Prepared>();

// A kitchen serves some requests: later ones would find its shelves empty, or crowded with thousands
// of lots.
const requestsAKitchen = 15;
let requests = 0;

async function freshKitchen(): Promise<Kitchen> {
  requests += 1;
  if (requests % requestsAKitchen === 0) kitchen = await openKitchen(bench.client);
  return kitchen;
}

const commands = () => [
  ...[...allCommands, ...accountCommands, ...keyAndTillCommands],
  ...[...webhookCommands, ...uploadCommands],
  ...doors,
];

async function requestOf(operationId: string): Promise<Prepared> {
  const known = prepared.get(operationId);
  if (known !== undefined) return known;
  const command = commands().find((each) => each.operationId === operationId);
  if (command === undefined) throw new Error(`no command in test/harness makes ${operationId}`);
  const request = await command.prepare(await freshKitchen());
  prepared.set(operationId, request);
  return request;
}

async function tryText(
  operationId: string,
  place: Place,
  text: string,
): Promise<"kept" | "refused"> {
  const request = await requestOf(operationId);
  const body = JSON.stringify(withText(request.body, place, text));
  const what = `${operationId} ${place.join("/")}`;
  const answer = await fetchRaw(request, body);
  if (answer.status >= 300) {
    expectRefusal(answer, text, what);
    return "refused";
  }
  prepared.delete(operationId);
  if (isDoor(operationId)) return "kept";
  if (!comesBack(await readBack(operationId, request, answer), place, text)) {
    throw new Error(`${what} became another text: ${JSON.stringify(text.slice(0, 60))}`);
  }
  return "kept";
}

describe("every naughty string in every text of every body comes back or is refused", () => {
  test("the document says which texts there are, and a command makes each", async () => {
    const operations = textOperations(bench.web.document).filter(({ places }) => places.length > 0);
    expect(operations.length).toBeGreaterThan(8);
    for (const { operationId, places } of operations) {
      for (const place of places) {
        // One text that every field may refuse but none may break on.
        const outcome = await tryText(operationId, place, "A plain text");
        expect(["kept", "refused"]).toContain(outcome);
      }
    }
  }, 60_000);

  test("none of them is a 500 and none is mangled", async () => {
    const kept: Record<string, number> = {};
    for (const { operationId, places } of textOperations(bench.web.document)) {
      for (const place of places) {
        let count = 0;
        const ofPlace = textsOfPlace();
        for (const each of ofPlace.filter(
          (_, at) => !isSlow(operationId) || at % slowShare === 0,
        )) {
          // The name that a create has given to another record is in use.
          const isUnique = ["name", "barcode"].includes(place.at(-1) ?? "");
          const text = isUnique && operationId.startsWith("change") ? `${each}~` : each;
          if ((await tryText(operationId, place, text)) === "kept") count += 1;
        }
        expect(await tryText(operationId, place, megabyte)).toBe("refused");
        kept[`${operationId} ${place.join("/")}`] = count;
      }
    }
    console.info("strings kept of", texts.length, kept);
  }, 600_000);
});

describe("every naughty string in every path and query is refused or harmless", () => {
  test("none of them is a 500", async () => {
    for (const { method, path, names } of queryOperations(bench.web.document)) {
      const short = path.replace(/^\/api\/v1/, "");
      for (const text of textsOfPlace().filter((each) => each.length < 2_000)) {
        const encoded = encodeURIComponent(text.toWellFormed());
        const headers = { ...bakery.key(), "if-match": '"1"' };
        if (path.includes("{")) {
          const target = short.replaceAll(/\{[^}]+\}/g, encoded);
          await expectCalm({ method, path: target, headers });
        }
        const filled = short.replaceAll(/\{[^}]+\}/g, kitchen.flour);
        for (const name of method === "GET" ? names : []) {
          await expectCalm({ method, path: `${filled}?${name}=${encoded}`, headers });
        }
      }
    }
  }, 300_000);

  test("bytes that are no text, in path and query", async () => {
    for (const bytes of ["%ff", "%c0%80", "%ed%a0%80", "%00", "%", "%zz", "%u0041"]) {
      await expectCalm({ method: "GET", path: `/items/${bytes}`, headers: {} });
      await expectCalm({ method: "GET", path: `/items?cursor=${bytes}`, headers: {} });
      await expectCalm({ method: "GET", path: `/items?barcode=${bytes}`, headers: {} });
    }
  });
});

async function expectCalm(request: { method: string; path: string; headers: object }) {
  const headers = request.headers as Record<string, string>;
  const body = request.method === "POST" || request.method === "PATCH" ? "{}" : undefined;
  const answer = await fetchRaw({ ...request, headers } as Prepared, body);
  if (answer.status < 500) return;
  throw new Error(`${request.method} ${request.path} answered ${answer.status}: ${answer.text}`);
}

test("every naughty string as a name in an imported file is taken or reported, one by one", async () => {
  const batches = [{ quantity: 5, cost_per_unit: 2, purchase_date: "2026-01-01" }];
  for (const text of texts) {
    const { siteId } = kitchen;
    const content = `{"materials":{${JSON.stringify(text)}:${JSON.stringify({ unit: text, batches })}}}`;
    const body = `{"siteId":"${siteId}","format":"bakery-data","content":${content}}`;
    const answer = await fetchRaw(
      { method: "POST", path: "/imports", headers: bakery.key() },
      body,
    );
    if (answer.status !== 201) expectRefusal(answer, text, "importFile content");
  }
}, 120_000);

describe("bodies that are built to break parsers", () => {
  const nested = (open: string, close: string, depth: number) =>
    `{"name":${open.repeat(depth)}1${close.repeat(depth)}}`;
  const bodies = {
    "deep lists": nested("[", "]", 100_000),
    "deep objects": nested('{"a":', "}", 100_000),
    "unclosed lists": "[".repeat(200_000),
    "a key named __proto__": '{"__proto__":{"name":"x"},"name":"x"}',
    "a key named constructor": '{"constructor":{"prototype":{"x":1}},"name":"x"}',
    "keys twice": '{"name":"a","name":"b"}',
    "a number beyond all": '{"name":1e999999}',
    "half a character": '{"name":"\\ud800"}',
    "a NUL in a key": '{"na\\u0000me":"x"}',
    "many keys": `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join(",")}}`,
    "no JSON": "name=x",
    nothing: "",
    null: "null",
    "a text": '"x"',
    "a list": "[]",
  };
  for (const [name, body] of Object.entries(bodies)) {
    test(`${name}: 4xx on every route`, async () => {
      for (const { method, path } of textOperations(bench.web.document)) {
        const target = path.replace(/^\/api\/v1/, "").replaceAll(/\{[^}]+\}/g, kitchen.flour);
        const headers = { ...bakery.key(), "if-match": '"1"' };
        const answer = await fetchRaw({ method, path: target, headers } as Prepared, body);
        const isCreated = answer.status < 300 && name === "keys twice";
        if (!isCreated) expectRefusal(answer, body, `${method} ${path}`);
      }
    });
  }
});

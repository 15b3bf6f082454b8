import { afterAll, describe, expect, test } from "bun:test";
import type { Answer, TestClient } from "../harness/client.ts";
import { type Asks, type Guarded, guardedOf, sentenceOf } from "./asks.ts";
import { missing, type Operation, operationsOf, type Request } from "./operations.ts";
import { oracle } from "./oracle.ts";
import { openWorld, type Person } from "./world.ts";

const world = await openWorld();
afterAll(() => world.close());
const operations = operationsOf(world.web);

test("the oracle knows every route there is, and no other", () => {
  const names = operations.map(({ name }) => name);
  expect(Object.keys(oracle).sort()).toEqual(names.sort());
});

test("the document says what each operation asks for", () => {
  const wrong = operations.filter(({ name, declared }) => {
    const asks = oracle[name];
    if (declared === undefined || asks === undefined) return false;
    const { permissions = [], where = "anywhere" } = guardedOf(asks) ?? {};
    const isSame = permissions.join() === declared.permissions.join();
    return !isSame || declared.isCompanyWide !== (where === "company");
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

describe("who may ask for what", () => {
  for (const operation of operations) {
    const asks = oracle[operation.name];
    if (asks === undefined) continue;
    test(`${operation.name}: ${sentenceOf(asks)}`, async () => {
      expect(await wrongCells(asks, operation)).toEqual([]);
    });
  }
});

describe("what is another site's looks like what does not exist", () => {
  for (const operation of operations) {
    const asks = guardedOf(oracle[operation.name]);
    if (asks?.where !== "site") continue;
    test(operation.name, async () => {
      const wrong: string[] = [];
      for (const person of world.people.filter((each) => hasAll(each, asks))) {
        const seen = await differences(person, operation);
        wrong.push(...seen.map((difference) => `${person.role} elsewhere: ${difference}`));
      }
      expect(wrong).toEqual([]);
    });
  }
});

/** The cells of the table that are wrong: who, what, and what was answered. */
async function wrongCells(asks: Asks, operation: Operation): Promise<string[]> {
  if ("permissions" in asks) return wrongCellsOf(asks, await world.request(operation));
  const code = await codeFor(world.guest, await world.bareRequest(operation));
  // At a door credentials may be wrong; being nobody is no reason there.
  const isRight = "self" in asks ? code.startsWith("401 ") : code !== "401 access.unauthenticated";
  return isRight ? [] : [`guest: ${code}`];
}

async function wrongCellsOf(asks: Guarded, request: Request): Promise<string[]> {
  const wrong: string[] = [];
  const none = missing(request);
  const about = { "what is there": request, "what is not": none };
  const expectCode = async (who: string, client: TestClient, code: string) => {
    for (const [what, each] of Object.entries(about)) {
      const got = await codeFor(client, each);
      if (got !== code) wrong.push(`${who}, ${what}: ${got}, not ${code}`);
    }
  };
  // A page leads to the sign-in, whatever is behind it.
  const isPage = request.path.startsWith("//");
  await expectCode("guest", world.guest, isPage ? "303 undefined" : "401 access.unauthenticated");
  for (const person of world.people) {
    const { role, everywhere, elsewhere } = person;
    const isRefused = !hasAll(person, asks);
    if (isRefused) await expectCode(role, everywhere, "403 access.forbidden");
    if (isRefused || asks.where === "company") {
      await expectCode(`${role} elsewhere`, elsewhere, "403 access.forbidden");
    }
  }
  // Those who may come last: what they ask for may happen.
  for (const person of world.people.filter((each) => hasAll(each, asks))) {
    const code = await codeFor(person.everywhere, request);
    const isFirst = person.role === "owner";
    if (isFirst ? !/^2\d\d/.test(code) : /^40[13]/.test(code))
      wrong.push(`${person.role}: ${code}`);
  }
  return wrong;
}

function hasAll({ permissions }: Person, asks: Guarded): boolean {
  return asks.permissions.every((each) => permissions.includes(each));
}

/** What tells somebody of another site that a record or a site is there. */
async function differences({ elsewhere }: Person, operation: Operation): Promise<string[]> {
  const request = await world.request(operation);
  const found: string[] = [];
  const [theirs, none] = [await send(elsewhere, request), await send(elsewhere, missing(request))];
  if (/^40[13]$/.test(String(theirs.status))) found.push(`${theirs.status} for another site's`);
  if (sightOf(theirs) !== sightOf(none)) found.push(`${sightOf(theirs)} is not ${sightOf(none)}`);
  if (!operation.hasSiteFilter || request.path.includes("?")) return found;
  for (const { siteId } of rowsOf(theirs)) {
    if (siteId !== undefined && siteId !== world.elsewhere) found.push(`a row of ${siteId}`);
  }
  const ofSite = { ...request, path: `${request.path}?siteId=${world.kitchen.siteId}` };
  const [filtered, nothing] = [
    await send(elsewhere, ofSite),
    await send(elsewhere, missing(ofSite)),
  ];
  const sights = [sightOf(filtered), sightOf(nothing)];
  if (sights[0] !== sights[1]) found.push(`?siteId= of another site: ${sights.join(" is not ")}`);
  return found;
}

function send(client: TestClient, { method, path, body, headers }: Request) {
  return client.ask(method, path, { body, headers });
}

async function codeFor(client: TestClient, request: Request): Promise<string> {
  const { status, body } = await send(client, request);
  return status < 300 ? String(status) : `${status} ${body.code}`;
}

/** All of an answer that its asker can see, but for what names the request itself. */
function sightOf({ status, headers, body }: Answer<unknown>): string {
  const told = typeof body === "object" ? { ...body, traceId: "", instance: "" } : body;
  return JSON.stringify([status, headers.get("content-type"), told]);
}

function rowsOf({ body }: Answer<unknown>): { readonly siteId?: string }[] {
  const { data } = body as { readonly data?: unknown };
  return Array.isArray(data) ? data : [];
}

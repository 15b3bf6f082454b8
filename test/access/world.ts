import { type Permission, type Role, roleNames, roles } from "#modules/access/index.ts";
import { evaluateSite } from "#modules/alerts/index.ts";
import { giveUpUploads } from "#modules/uploads/service/give-up.ts";
import { newId } from "#platform/id.ts";
import { jobCtx, sqlOf } from "../harness/alerts.ts";
import * as bakery from "../harness/bakery.ts";
import { type TestClient, testClient } from "../harness/client.ts";
import { newInvoice } from "../harness/commands/uploads.ts";
import {
  accountCommands,
  allCommands,
  importCommands,
  keyAndTillCommands,
  recipeCommands,
  recordCommands,
  uploadCommands,
  webhookCommands,
} from "../harness/commands.ts";
import { insertKey } from "../harness/key.ts";
import { type Kitchen, openKitchen } from "../harness/kitchen.ts";
import { addPerson } from "../harness/people.ts";
import { jpeg } from "../harness/pictures.ts";
import { testDatabase } from "../harness/postgres.ts";
import { upload } from "../harness/uploads.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import type { Operation, Request } from "./operations.ts";

/** Somebody with all that a role may do, everywhere or at one site alone. */
export interface Person {
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly everywhere: TestClient;
  readonly elsewhere: TestClient;
}

/** Books with something of every kind, and people to ask for it. */
export interface World extends TestWeb {
  readonly kitchen: Kitchen;
  /** A site where nothing ever happened. */
  readonly elsewhere: string;
  readonly guest: TestClient;
  readonly people: readonly Person[];
  /** A request that succeeds, if the one who sends it may. */
  request(operation: Operation): Promise<Request>;
  /** One about a record that is not there. */
  bareRequest(operation: Operation): Promise<Request>;
}

export async function openWorld(): Promise<World> {
  const database = await testDatabase();
  const web = openTestWeb(database.appUrl);
  const { client } = web;
  const kitchen = await openKitchen(client);
  for (const command of knownCommands) {
    const { method, path, body, headers } = await prepared(kitchen, command);
    if (method === "POST") await client.ask(method, path, { body, headers });
  }
  await openAlert(web, kitchen.siteId);
  await acceptedInvoice(web, kitchen);
  await givenUpImport(web, kitchen);
  await addPerson(web, "baker", kitchen.siteId);
  const { siteId: elsewhere } = await bakery.openShop(client, {}, 0);
  const people = roleNames.map(async (role): Promise<Person> => {
    const permissions = roles[role];
    const clientAt = async (at: readonly string[] | null) => {
      const key = await insertKey(database.appUrl, newId(), undefined, permissions, at);
      return testClient(web.web, { authorization: `Bearer ${key}` });
    };
    const [everywhere, there] = [await clientAt(null), await clientAt([elsewhere])];
    return { role, permissions, everywhere, elsewhere: there };
  });
  return {
    ...web,
    kitchen,
    elsewhere,
    guest: testClient(web.web, {}),
    people: await Promise.all(people),
    request: (operation) => requestFor(kitchen, operation),
    bareRequest: (operation) => exampleRequest(kitchen, operation, async () => newId()),
    async close() {
      await web.close();
      await database.drop();
    },
  };
}

const knownCommands = [
  ...allCommands,
  ...accountCommands,
  ...keyAndTillCommands,
  ...webhookCommands,
  ...uploadCommands,
];

/** Something of the kitchen is low. */
async function openAlert(web: TestWeb, siteId: string): Promise<void> {
  const itemId = await bakery.addItem(web.client, { reorderLevel: "5" });
  await bakery.receive(web.client, siteId, [{ itemId, quantity: "1", totalCost: "1.00" }]);
  await evaluateSite(jobCtx(web), siteId);
}

/** An invoice that was looked at, with a small picture of it. */
async function acceptedInvoice(web: TestWeb, kitchen: Kitchen): Promise<void> {
  const content = await jpeg({ width: 40, height: 30 });
  await upload(web, await newInvoice(kitchen, content.byteLength), content);
}

/** An import that no job is at any more. */
async function givenUpImport(web: TestWeb, { siteId }: Kitchen): Promise<void> {
  const said = { purpose: "import", fileName: "books.json", contentType: "application/json" };
  const options = { siteId, format: "bakery-data" };
  await upload(web, { id: newId(), ...said, bytes: 2, import: options }, "{}");
  await sqlOf(web)("delete from pgboss.job_common where name = 'uploads.import'");
  await giveUpUploads(jobCtx(web));
}

type TestCommand = (typeof allCommands)[number];

const shareShelves = new Set<TestCommand>([
  ...accountCommands,
  ...keyAndTillCommands,
  ...webhookCommands,
  ...uploadCommands,
  ...recordCommands,
  ...recipeCommands,
  ...importCommands,
]);

/** What one command takes from the shelves another one would miss: those have a kitchen of their own. */
async function prepared(shared: Kitchen, command: TestCommand): Promise<Request> {
  return command.prepare(shareShelves.has(command) ? shared : await openKitchen(shared.client));
}

async function requestFor(kitchen: Kitchen, operation: Operation): Promise<Request> {
  const command = knownCommands.find(({ operationId }) => operationId === operation.name);
  if (command !== undefined) return prepared(kitchen, command);
  const { path } = operation;
  return exampleRequest(kitchen, operation, (...at) => valueFor(kitchen, path, ...at));
}

/** What a parameter of a path stands for, by its name and all that comes before it. */
type Filling = (name: string, before: string) => Promise<string>;

/** With the document's own example as its body. */
async function exampleRequest(
  kitchen: Kitchen,
  operation: Operation,
  filling: Filling,
): Promise<Request> {
  const { method, body } = operation;
  const path = await filled(operation, filling);
  const query = operation.query.replace(/siteId=[^&]+/, `siteId=${kitchen.siteId}`);
  const url = query === "" ? path : `${path}?${query}`;
  const headers = { "if-match": '"1"', ...bakery.key() };
  if (body === undefined) return { method, path: url, headers };
  const typed = { ...headers, "content-type": body.type };
  return { method, path: url, headers: typed, body: body.example };
}

/** The path, below `/api/v1` where it is. */
async function filled({ path }: Operation, filling: Filling): Promise<string> {
  let done = path.startsWith("/api/v1") ? path.slice("/api/v1".length) : `/${path}`;
  for (const [name] of path.matchAll(/\{[^}]+\}/g)) {
    done = done.replace(name, await filling(name, done.slice(0, done.indexOf(name))));
  }
  return done;
}

/** The id of a record that is there. */
async function valueFor(
  { client, siteId }: Kitchen,
  path: string,
  name: string,
  before: string,
): Promise<string> {
  if (name === "{version}") return "1";
  if (before.endsWith("lots/") || name === "{lotId}") {
    const { data } = await bakery.read(client, `/stock/layers?siteId=${siteId}&limit=1`);
    return data[0].lotId;
  }
  if (before === "/items/" && path.includes("{conversionId}")) return itemWithPack(client);
  const purpose = path.endsWith("/retry") ? "import" : "supplier_invoice";
  const filter = before === "/uploads/" ? `state=accepted&purpose=${purpose}&limit=1` : "limit=1";
  const { data } = await bakery.read(client, `${before.slice(0, -1)}?${filter}`);
  if (data[0] === undefined) throw new Error(`There is nothing in ${before}`);
  return data[0].id;
}

async function itemWithPack(client: bakery.Asking): Promise<string> {
  const id = await bakery.addItem(client, { unit: "piece" });
  const pack = { from: "box", to: "piece", numerator: 9, denominator: 1 };
  await bakery.make(client, `/items/${id}/conversions`, pack);
  return id;
}

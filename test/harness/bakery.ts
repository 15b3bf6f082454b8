import { newId } from "#platform/id.ts";
import type { TestClient } from "./client.ts";

/** What builders need of a client. */
export type Asking = Pick<TestClient, "ask">;

type Body = Readonly<Record<string, unknown>>;
// Tests look into bodies of every shape.
// biome-ignore lint/suspicious/noExplicitAny: the test says what it expects
type Answered = any;

/** A fresh Idempotency-Key. */
export function key(value: string = newId()): { "idempotency-key": string } {
  return { "idempotency-key": value };
}

/** Posts and returns the body; anything but a success is an error that says what came back. */
export async function make(
  client: Asking,
  path: string,
  body: Body,
  headers: Readonly<Record<string, string>> = key(),
): Promise<Answered> {
  const answer = await client.ask("POST", path, { body, headers });
  if (answer.status >= 300) {
    throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

export async function read(client: Asking, path: string): Promise<Answered> {
  const answer = await client.ask("GET", path);
  if (answer.status !== 200) {
    throw new Error(`GET ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

export interface Shop {
  readonly siteId: string;
  readonly tillIds: readonly string[];
}

/** A site of the test's own, with tills. */
export async function openShop(client: Asking, fields: Body = {}, tills = 1): Promise<Shop> {
  const name = `Shop ${newId()}`;
  const site = { name, zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true, ...fields };
  const { id: siteId } = await make(client, "/sites", site);
  const tillIds: string[] = [];
  for (let number = 1; number <= tills; number++) {
    const till = await make(client, "/tills", { siteId, name: `Till ${number}` });
    tillIds.push(till.id);
  }
  return { siteId, tillIds };
}

/** A stocked material in kg unless the fields say otherwise; its id. */
export async function addItem(client: Asking, fields: Body = {}): Promise<string> {
  const name = `Item ${newId()}`;
  const item = {
    name,
    kind: "material",
    stocking: "stocked",
    unit: "kg",
    price: "2.50",
    ...fields,
  };
  return (await make(client, "/items", item)).id;
}

export async function addCategory(client: Asking, order: "fifo" | "fefo"): Promise<string> {
  return (await make(client, "/categories", { name: `Category ${newId()}`, order })).id;
}

export interface ReceivedLine {
  readonly itemId: string;
  readonly quantity: string;
  readonly totalCost: string;
  readonly unit?: string;
  readonly expiresOn?: string;
  readonly supplierLot?: string;
}

export function receive(
  client: Asking,
  siteId: string,
  lines: readonly ReceivedLine[],
  fields: Body = {},
): Promise<Answered> {
  return make(client, "/receipts", { siteId, lines, ...fields });
}

/** A sale paid in cash, generously. */
export function saleOf(
  siteId: string,
  lines: readonly Body[],
  fields: Body = {},
): Body & { readonly id: string } {
  const payments = [{ method: "cash", amount: "100000.00" }];
  return { id: newId(), siteId, lines, payments, ...fields };
}

export function sell(
  client: Asking,
  siteId: string,
  lines: readonly Body[],
  fields: Body = {},
): Promise<Answered> {
  return make(client, "/sales", saleOf(siteId, lines, fields));
}

/** On hand of one item at one site. */
export async function balanceOf(
  client: Asking,
  siteId: string,
  itemId: string,
): Promise<{ readonly quantity: string; readonly value: string }> {
  const { data } = await read(client, `/stock?siteId=${siteId}&itemId=${itemId}`);
  const { quantity = "0", value = "0.00" } = data[0] ?? {};
  return { quantity, value };
}

/** Layers of one item at one site that still hold something, in order of recording. */
export async function layersOf(client: Asking, siteId: string, itemId: string) {
  const { data } = await read(client, `/stock/layers?siteId=${siteId}&itemId=${itemId}&limit=200`);
  return data as Answered[];
}

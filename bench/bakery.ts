/**
 * The bakery that is measured. Ids of tills and items end in a number, so that wrk and pgbench can
 * pick one at random; the last item is the hot one.
 */
export const ids = {
  first: 1000,
  tills: 32,
  items: 200,
  site: "0199a0c2-6a3e-7c51-9d0e-000000000001",
  tillPrefix: "0199a0c2-6a3e-7c51-9d0e-00000001",
  itemPrefix: "0199a0c2-6a3e-7c51-9d0e-00000002",
} as const;

const layersPerItem = 3;
const layerQuantity = 2_000_000;

export const tillId = (index: number) => `${ids.tillPrefix}${ids.first + index}`;
export const itemId = (index: number) => `${ids.itemPrefix}${ids.first + index}`;

export type Fetch = (request: Request) => Promise<Response>;

/** Builds the bakery through the product's own API. */
export async function openBakery(fetch: Fetch): Promise<void> {
  const post = (path: string, body: object) => postJson(fetch, path, body);
  await post("/tax-rates", { code: "standard", rate: "13.5", validFrom: "2020-01-01" });
  const site = { name: "Bench", zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };
  await post("/sites", { id: ids.site, ...site });
  for (let index = 0; index < ids.tills; index++) {
    await post("/tills", { id: tillId(index), siteId: ids.site, name: `Till ${index + 1}` });
  }
  const { id: categoryId } = await post("/categories", { name: "Bread", order: "fifo" });
  for (let index = 0; index < ids.items; index++) {
    const name = `Loaf number ${index + 1}`;
    const unit = { kind: "product", stocking: "stocked", unit: "piece", categoryId };
    await post("/items", { id: itemId(index), name, ...unit, price: "3.50", taxCode: "standard" });
  }
  for (let layer = 0; layer < layersPerItem; layer++) await receiveAll(post);
}

async function receiveAll(post: (path: string, body: object) => Promise<unknown>): Promise<void> {
  const lines = Array.from({ length: ids.items }, (_, index) => {
    return { itemId: itemId(index), quantity: layerQuantity, totalCost: "1999999.99" };
  });
  for (let from = 0; from < lines.length; from += 100) {
    await post("/receipts", { siteId: ids.site, lines: lines.slice(from, from + 100) });
  }
}

/** Everything in the bakery's stock before the first sale. */
export const stockAtOpening = ids.items * layersPerItem * layerQuantity;

/** The body of one sale of two lines, paid in cash. */
export function saleBody(id: string) {
  const lines = [
    { itemId: itemId(0), quantity: "1" },
    { itemId: itemId(1), quantity: 2 },
  ];
  const payments = [{ method: "cash", amount: "100.00" }];
  return { id, siteId: ids.site, tillId: tillId(0), lines, payments };
}

export async function postJson(fetch: Fetch, path: string, body: object): Promise<{ id: string }> {
  const headers = {
    "content-type": "application/json",
    "idempotency-key": crypto.randomUUID(),
    host: "localhost",
  };
  const url = `http://localhost/api/v1${path}`;
  const answer = await fetch(
    new Request(url, { method: "POST", headers, body: JSON.stringify(body) }),
  );
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

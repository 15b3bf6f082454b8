import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "#platform/id.ts";
import { FolderStorage } from "#platform/storage-folder.ts";
import { buildArtefact, runtimes, startArtefact } from "../harness/artefact.ts";
import { testCredentials } from "../harness/key.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import type { WebProcess } from "../harness/web-process.ts";

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), "banneton-runtime-"));

beforeAll(async () => {
  database = await testDatabase();
  await buildArtefact();
}, 60_000);
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

for (const name of Object.keys(runtimes) as (keyof typeof runtimes)[]) {
  describe(`the web on ${name}`, () => {
    let artefact: WebProcess;

    beforeAll(async () => {
      artefact = await startArtefact(name, database.appUrl, { STORAGE_URL: `file://${folder}` });
    }, 30_000);
    afterAll(() => artefact?.kill());

    const ask = async (method: string, path: string, body?: object) => {
      const headers = {
        ...testCredentials,
        "content-type": "application/json",
        "idempotency-key": newId(),
      };
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${artefact.base}/api/v1${path}`, { method, headers, ...init });
      const answer = await response.json();
      if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      return answer;
    };

    test("takes flour to the till, to the last gram and cent", async () => {
      const zone = { zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };
      const { id: siteId } = await ask("POST", "/sites", { name: `Shop on ${name}`, ...zone });
      const till = await ask("POST", "/tills", { siteId, name: "Till" });
      const item = { kind: "material", stocking: "stocked", unit: "kg" };
      const flour = await ask("POST", "/items", { ...item, name: `Flour on ${name}` });
      const bread = { kind: "product", stocking: "stocked", unit: "piece", price: "3.50" };
      const loaf = await ask("POST", "/items", { ...bread, name: `Loaf on ${name}` });
      const delivery = { itemId: flour.id, quantity: "25000", unit: "g", totalCost: "21.50" };
      await ask("POST", "/receipts", { siteId, lines: [delivery] });
      const recipe = await ask("POST", "/recipes", {
        itemId: loaf.id,
        yield: { quantity: "10", unit: "piece" },
        ingredients: [{ itemId: flour.id, quantity: "5", unit: "kg" }],
      });
      await ask("POST", "/production-runs", { siteId, recipeId: recipe.id, plannedOutput: "20" });
      const sale = await ask("POST", "/sales", {
        id: newId(),
        siteId,
        tillId: till.id,
        lines: [{ itemId: loaf.id, quantity: "3" }],
        payments: [{ method: "cash", amount: "20.00" }],
      });
      expect(sale).toMatchObject({ receiptNumber: 1, total: "10.50", change: "9.50" });
      expect(sale.lines[0].cost).toBe("1.29");
      const { data } = await ask("GET", `/stock?siteId=${siteId}`);
      const left = data.map((row: { quantity: string; value: string }) => [
        row.quantity,
        row.value,
      ]);
      expect(left).toEqual([
        ["15", "12.9"],
        ["17", "7.31"],
      ]);
      expect((await ask("GET", `/stock/verify?siteId=${siteId}`)).isSound).toBe(true);
    });

    test("takes a file as a stream, and gives one that another process has written", async () => {
      const { id: siteId } = await ask("POST", "/sites", {
        ...{ name: `Files on ${name}`, zone: "Europe/Dublin", cutover: "04:00" },
        pricesIncludeTax: true,
      });
      const content = "day;item;count\n".repeat(20_000);
      const { sendTo } = await ask("POST", "/uploads", {
        ...{ purpose: "import", fileName: "sales.csv", contentType: "text/csv" },
        ...{ bytes: content.length, import: { siteId, format: "till-export" } },
      });
      const sent = await fetch(`${artefact.base}${new URL(sendTo.url).pathname}`, {
        method: "PUT",
        headers: { ...testCredentials, "content-type": "text/csv" },
        body: content,
      });
      expect([sent.status, (await sent.json()).state]).toEqual([200, "received"]);
      const storage = new FolderStorage({
        folder,
        publicUrl: artefact.base,
        now: () => new Date(),
      });
      const object = `exports/${name.toLowerCase()}.html`;
      const html = { contentType: "text/html", bytesMax: 1_000_000 };
      await storage.put(object, new TextEncoder().encode(content), html);
      const link = await storage.linkTo(object, { seconds: 60, fileName: "Brot „1“.html" });
      const file = await fetch(link);
      expect([file.status, await file.text()]).toEqual([200, content]);
      expect(file.headers.get("content-type")).toBe("application/octet-stream");
      expect(file.headers.get("content-disposition")).toStartWith("attachment");
      expect((await fetch(link.replace("exports/", "exports//"))).status).toBe(404);
    });

    test("stops on SIGTERM with exit code 0", async () => {
      expect(await artefact.stop()).toBe(0);
    });
  });

  describe(`the web on ${name} without a database`, () => {
    let artefact: WebProcess;

    beforeAll(async () => {
      artefact = await startArtefact(name, "postgres://app@127.0.0.1:1/none");
    }, 30_000);
    afterAll(() => artefact?.kill());

    const post = (body: BodyInit) =>
      fetch(`${artefact.base}/api/v1/sites`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
    const headers = testCredentials;

    test("is alive, and not ready without its database", async () => {
      expect((await fetch(`${artefact.base}/healthz`)).status).toBe(200);
      expect((await fetch(`${artefact.base}/readyz`)).status).toBe(503);
    });
    test("validates, refuses and never leaks", async () => {
      expect((await post("{}")).status).toBe(422);
      expect((await post("{")).status).toBe(400);
      expect((await post("x".repeat(1_100_000))).status).toBe(413);
      expect((await post(stream(1_100_000))).status).toBe(413);
      expect((await fetch(`${artefact.base}/api/v1/sites`, { headers })).status).toBe(503);
      const missing = await fetch(`${artefact.base}/api/v1/nope`);
      expect([missing.status, missing.headers.get("content-type")]).toEqual([
        404,
        "application/problem+json",
      ]);
    });
    test("serves its document and Swagger UI's files", async () => {
      expect((await (await fetch(`${artefact.base}/swagger/json`)).json()).info.title).toBe(
        "Banneton",
      );
      const bundle = await fetch(`${artefact.base}/swagger/assets/swagger-ui-bundle.js`);
      expect((await bundle.arrayBuffer()).byteLength).toBeGreaterThan(1_000_000);
    });
    test("stops on SIGTERM with exit code 0", async () => {
      expect(await artefact.stop()).toBe(0);
    });
  });

  describe(`limits of the web on ${name}`, () => {
    const perMinute = 6;
    const env = { LIMIT_ADDRESS_PER_MINUTE: String(perMinute), REDIS_URL: "redis://127.0.0.1:1" };

    /** How many pass that say they come from these addresses, over one real socket after the other. */
    async function passing(more: Record<string, string>, addressOf: (n: number) => string) {
      const web = await startArtefact(name, "postgres://app@127.0.0.1:1/none", { ...env, ...more });
      try {
        for (let count = 0; ; count++) {
          const headers = { "x-forwarded-for": addressOf(count) };
          const { status } = await fetch(`${web.base}/api/v1/nope`, { headers });
          expect((await fetch(`${web.base}/healthz`, { headers })).status).toBe(200);
          if (status === 429 || count === 3 * perMinute) return count;
        }
      } finally {
        await web.stop();
      }
    }

    test("are the socket's, whatever X-Forwarded-For says", async () => {
      expect(await passing({}, (n) => `198.51.100.${n}`)).toBe(perMinute);
    });
    test("are those of the address that the trusted proxy saw", async () => {
      const proxied = { TRUSTED_PROXIES: "1" };
      expect(await passing(proxied, (n) => `198.51.100.${n}, 203.0.113.5`)).toBe(perMinute);
      expect(await passing(proxied, (n) => `203.0.113.5, 198.51.100.${n}`)).toBe(3 * perMinute);
    });
  });
}

function stream(bytes: number): ReadableStream<Uint8Array> {
  return new Response(new Uint8Array(bytes)).body as ReadableStream<Uint8Array>;
}

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import * as bakery from "../../test/harness/bakery.ts";
import { testCredentials } from "../../test/harness/key.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../../test/harness/web.ts";

let database: TestDatabase;
let plain: TestWeb;
let secure: TestWeb;
let lotId: string;

beforeAll(async () => {
  database = await testDatabase();
  plain = openTestWeb(database.appUrl);
  const config = { publicUrl: "https://localhost", corsOrigins: ["https://shop.example"] };
  secure = openTestWeb(database.appUrl, { config });
  const { siteId } = await bakery.openShop(plain.client);
  const itemId = await bakery.addItem(plain.client);
  await bakery.receive(plain.client, siteId, [{ itemId, quantity: "1", totalCost: "1.00" }]);
  [{ lotId }] = await bakery.layersOf(plain.client, siteId, itemId);
});
afterAll(async () => {
  await Promise.all([plain.close(), secure.close()]);
  await database.drop();
});

const own = new Set(["date", "etag", "location", "ratelimit", "content-length"]);

async function headersOf(web: TestWeb, path: string, init: RequestInit = {}) {
  const headers = { ...testCredentials, ...(init.headers as Record<string, string>) };
  const answer = await web.web.fetch(new Request(`http://localhost${path}`, { ...init, headers }));
  await answer.text();
  return Object.fromEntries([...answer.headers].filter(([name]) => !own.has(name)));
}

const paths: Readonly<Record<string, () => string>> = {
  "a kept answer": () => "/api/v1/items",
  "a record": () => `/api/v1/stock/lots/${lotId}`,
  "a problem": () => `/api/v1/items/${newId()}`,
  "an unknown path": () => "/nope",
  health: () => "/healthz",
  "a page": () => `/recalls/${lotId}`,
  "Swagger UI": () => "/swagger",
  "Swagger UI's document": () => "/swagger/json",
  "Swagger UI's script": () => "/swagger/assets/swagger-ui-bundle.js",
  "a file": () => `/api/v1/stock/lots/${lotId}/recall.csv`,
};

describe("the headers of", () => {
  for (const [name, path] of Object.entries(paths)) {
    test(`${name}`, async () => {
      const headers = await headersOf(plain, path());
      const masked = JSON.stringify(headers).replaceAll(lotId, "<lot>");
      expect(JSON.parse(masked)).toMatchSnapshot();
    });
  }

  test("a list as a stream", async () => {
    const headers = { accept: "text/csv" };
    expect(await headersOf(plain, "/api/v1/items", { headers })).toMatchSnapshot();
  });

  test("every kind, with an https PUBLIC_URL and a configured origin", async () => {
    const origin = "https://shop.example";
    for (const path of Object.values(paths)) {
      const usual = await headersOf(plain, path());
      expect(await headersOf(secure, path(), { headers: { origin } })).toMatchObject({
        ...usual,
        vary: usual["vary"] === undefined ? "Origin" : `${usual["vary"]}, Origin`,
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "access-control-allow-origin": origin,
      });
    }
  });

  test("a preflight: of a configured origin what is allowed, of any other nothing", async () => {
    const ask = (origin: string) => {
      const headers = { origin, "access-control-request-method": "POST" };
      return headersOf(secure, "/api/v1/sales", { method: "OPTIONS", headers });
    };
    expect(await ask("https://shop.example")).toMatchSnapshot();
    for (const name of Object.keys(await ask("https://evil.example"))) {
      expect(name).not.toStartWith("access-control-");
    }
  });
});

test("no page may run a script of its own text, nor any page style without its hash", async () => {
  for (const path of Object.values(paths)) {
    const policy = (await headersOf(plain, path()))["content-security-policy"] ?? "";
    expect(policy).toStartWith("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(policy).toContain("frame-ancestors 'none'");
  }
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { parseWebConfig, Secret } from "#platform/config.ts";
import { type App, GUEST_ACTOR } from "#platform/context.ts";
import { createGateway, type Gateway, rootInstance } from "#platform/http/gateway.ts";
import { silentLog } from "#platform/log.ts";
import { openRedis } from "#platform/redis.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { startTestRedis, type TestRedis } from "../../../test/harness/redis.ts";

const env = {
  DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
  LIMIT_ACTOR_PER_MINUTE: "5",
  LIMIT_ADDRESS_PER_MINUTE: "10",
  LIMIT_SIGN_IN_PER_MINUTE: "3",
};
const ranks = { sale: ["POST /api/v1/sales"], report: [], guessed: ["POST /api/v1/session"] };
let redis: TestRedis;
const clients: { disconnect(): void }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await redis.close();
});

async function openGateway(more: Record<string, string> = {}): Promise<Gateway> {
  const config = parseWebConfig({ ...env, ...more });
  const { redisUrl } = config;
  const client = redisUrl === undefined ? undefined : openRedis(redisUrl, silentLog);
  if (client !== undefined) clients.push(client);
  await client?.connect();
  const now = () => new Date();
  const parts = { config, log: silentLog, telemetry: createTelemetry(), redis: client, now };
  const app = parts as unknown as App;
  const routes = new Elysia({ prefix: "/api/v1" })
    .get("/loaves", async () => "a loaf")
    .post("/session", async () => "welcome")
    .post("/sales", async () => "sold");
  return createGateway(app, rootInstance(app).use(routes), {
    isDraining: () => false,
    authenticate: async ({ headers }) => {
      const scope = headers.get("authorization");
      return scope === null ? GUEST_ACTOR : { ...GUEST_ACTOR, kind: "key", scope };
    },
    listStream: () => undefined,
    ranks,
  });
}

type Asked = { readonly peer?: string; readonly headers?: Record<string, string> };

function ask(gateway: Gateway, route: string, { peer = "192.0.2.1", headers = {} }: Asked = {}) {
  const [method = "", path] = route.split(" ");
  return gateway.fetch(new Request(`http://localhost/api/v1${path}`, { method, headers }), peer);
}

/** How many pass until one is refused; what each tells may depend on its number. */
async function passing(gateway: Gateway, route: string, asked: (n: number) => Asked = () => ({})) {
  for (let count = 0; count < 1_000; count++) {
    if ((await ask(gateway, route, asked(count))).status === 429) return count;
  }
  return 1_000;
}

describe("429", () => {
  test("says by which limit, and when to come back", async () => {
    const gateway = await openGateway();
    const key = { headers: { authorization: "a" } };
    expect(await passing(gateway, "GET /loaves", () => key)).toBe(5);
    const answer = await ask(gateway, "GET /loaves", key);
    expect(await answer.json()).toMatchObject({ status: 429, code: "limits.actor" });
    const seconds = Number(answer.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(answer.headers.get("ratelimit")).toContain('"actor";r=0;t=');
    const other = await ask(gateway, "GET /loaves", { headers: { authorization: "b" } });
    expect(other.status).toBe(200);
  });
});

describe("the RateLimit headers", () => {
  test("are the structured fields of the draft, of every limit that counted", async () => {
    const gateway = await openGateway();
    const { headers } = await ask(gateway, "GET /loaves", { headers: { authorization: "a" } });
    expect(headers.get("ratelimit-policy")).toBe('"address";q=10;w=60, "actor";q=5;w=60');
    expect(headers.get("ratelimit")).toMatch(
      /^"address";r=9;t=(?:60|59), "actor";r=4;t=(?:60|59)$/,
    );
  });
});

describe("an address", () => {
  const forged = (n: number) => ({ headers: { "x-forwarded-for": `198.51.100.${n % 250}` } });

  test("gets no fresh budget by a forged header", async () => {
    expect(await passing(await openGateway(), "GET /loaves", forged)).toBe(10);
  });

  test("is what the trusted proxy saw, whatever was forged before it", async () => {
    const gateway = await openGateway({ TRUSTED_PROXIES: "1" });
    const through = (n: number) => ({
      headers: { "x-forwarded-for": `198.51.100.${n % 250}, 203.0.113.5` },
    });
    expect(await passing(gateway, "GET /loaves", through)).toBe(10);
    const other = { headers: { "x-forwarded-for": "203.0.113.6" } };
    expect((await ask(gateway, "GET /loaves", other)).status).toBe(200);
  });

  test("of IPv6 shares the budget of its /64", async () => {
    const gateway = await openGateway();
    const neighbours = (n: number) => ({ peer: `2001:db8:1:2::${n.toString(16)}` });
    expect(await passing(gateway, "GET /loaves", neighbours)).toBe(10);
    const other = await ask(gateway, "GET /loaves", { peer: "2001:db8:1:3::1" });
    expect(other.status).toBe(200);
  });

  test("that nobody can tell is not without limits", async () => {
    const gateway = await openGateway();
    expect(await passing(gateway, "GET /loaves", () => ({ peer: "" }))).toBe(10);
  });
});

describe("sales", () => {
  test("go on when others behind the same address and key have spent their budget", async () => {
    const gateway = await openGateway();
    const key = { headers: { authorization: "a" } };
    await passing(gateway, "GET /loaves", () => key);
    await passing(gateway, "GET /loaves");
    expect(await passing(gateway, "POST /sales", () => key)).toBe(50);
    expect(
      await passing(gateway, "POST /sales", (n) => ({ headers: { authorization: `${n}` } })),
      // One more was counted when the key's own limit refused it.
    ).toBe(49);
  });
});

describe("where secrets are guessed", () => {
  test("an address has few tries, at all webs together, whoever it says it is", async () => {
    const both = await Promise.all([1, 2].map(() => openGateway({ REDIS_URL: redis.url })));
    const tries = Array.from({ length: 12 }, (_, n) => {
      const headers = { authorization: `${n}`, "x-forwarded-for": `198.51.100.${n}` };
      return ask(both[n % 2]!, "POST /session", { headers });
    });
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    const codes = await (await ask(both[0]!, "POST /session")).json();
    expect(codes).toMatchObject({ code: "limits.sign_in", status: 429 });
    const other = await ask(both[0]!, "POST /session", { peer: "192.0.2.77" });
    expect(other.status).toBe(200);
  });

  test("still, when Redis is away: each web has its share", async () => {
    const away = await startTestRedis();
    const gateway = await openGateway({ REDIS_URL: away.url, PODS_MAX: "3" });
    await away.close();
    expect(await passing(gateway, "POST /session")).toBe(1);
    expect((await ask(gateway, "POST /sales")).status).toBe(200);
  });
});

test("a Redis URL with a password is not told by the client's errors", async () => {
  const lines: string[] = [];
  const log = { ...silentLog, warn: (...said: unknown[]) => void lines.push(JSON.stringify(said)) };
  const client = openRedis(new Secret("redis://:hunter2@127.0.0.1:1"), log);
  await client.connect().catch(() => {});
  client.disconnect();
  expect(lines.length).toBe(1);
  expect(lines.join()).not.toContain("hunter2");
});

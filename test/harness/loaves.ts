import { expect } from "bun:test";
import { Elysia, t } from "elysia";
import { parseWebConfig } from "#platform/config.ts";
import { type App, GUEST_ACTOR } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { createGateway, rootInstance } from "#platform/http/gateway.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { created, idempotencyKey, ifMatch, versioned } from "#platform/http/replies.ts";
import { responses } from "#platform/http/responses.ts";
import { createLog } from "#platform/log.ts";
import { Strict, Type } from "#platform/schema.ts";
import { createTelemetry } from "#platform/telemetry.ts";

export const id = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
const Loaf = Strict({ id: Type.String(), version: Type.Integer() });
const NewLoaf = Strict({ name: Type.String({ maxLength: 20 }), tags: Type.Array(Type.String()) });
export const loaf = { id, version: 3 };
export const secret = "s3cret value of a row";

const loafRoutes = (app: App) =>
  new Elysia({ name: "loaves", prefix: "/loaves", normalize: false })
    .use(http(app))
    .model({ Loaf, NewLoaf })
    .post("", async ({ set }) => created(set, "/loaves", Promise.resolve(loaf)), {
      parse: "json",
      body: "NewLoaf",
      response: responses({ 201: "Loaf" }, "body"),
    })
    .get("", async ({ query }) => ({ id: String(query.limit), version: 1 }), {
      query: t.Object(pageQuery),
      response: responses({ 200: "Loaf" }, "query"),
    })
    .get("/:id", async ({ set }) => versioned(set, Promise.resolve(loaf)), {
      params: idParams,
      response: responses({ 200: "Loaf" }, "not_found"),
    })
    .patch("/:id", async ({ request }) => ({ id, version: ifMatch(request) }), {
      params: idParams,
      response: responses({ 200: "Loaf" }, "version"),
    })
    .post("/:id/bake", async ({ request }) => ({ id: idempotencyKey(request), version: 1 }), {
      response: responses({ 200: "Loaf" }),
    })
    .get("/fail/:how", async ({ params }) => fail(params.how), {
      response: responses({ 200: "Loaf" }),
    });

function fail(how: string): Promise<typeof loaf> {
  if (how === "shape") return Promise.resolve({ ...loaf, secret } as never);
  if (how === "app") throw new AppError("conflict", "stock.short", "Too little.");
  if (how === "lock")
    throw new Error(secret, { cause: Object.assign(new Error(), { code: "55P03" }) });
  if (how === "range")
    throw new Error(secret, { cause: Object.assign(new Error(), { code: "22003" }) });
  if (how === "pool") throw new Error("timeout exceeded when trying to connect");
  throw Object.assign(new Error(secret), { code: "23505", status: 418 });
}

export const lines: Record<string, unknown>[] = [];
const now = () => new Date();
const log = createLog({ level: "info", now, write: (line) => void lines.push(JSON.parse(line)) });
export const telemetry = createTelemetry();
const config = {
  ...parseWebConfig({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" }),
  bodyBytesMax: 1_000,
  allowedHosts: ["localhost", "a"],
};
const app = { config, log, telemetry, now } as unknown as App;
const routes = rootInstance(app).use(loafRoutes(app));
const gateway = createGateway(app, routes, {
  isDraining: () => false,
  authenticate: async () => GUEST_ACTOR,
  listStream: () => undefined,
  ranks: { sale: [], report: [], guessed: [] },
});

export async function ask(method: string, path: string, init: RequestInit = {}) {
  const url = path.startsWith("http") ? path : `http://localhost${path}`;
  const response = await gateway.fetch(new Request(url, { method, ...init }));
  const text = await response.text();
  expect(text).not.toContain(secret);
  const body = text === "" ? undefined : JSON.parse(text);
  if (response.status >= 400 && body !== undefined) {
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(body).toMatchObject({ type: "about:blank", status: response.status });
    expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
  }
  return { status: response.status, headers: response.headers, body };
}

export const json = { "content-type": "application/json" };
export const post = (body: BodyInit, headers: HeadersInit = json) =>
  ask("POST", "/loaves", { body, headers });

import { describe, expect, test } from "bun:test";
import { Elysia, t } from "elysia";
import { AppError } from "#platform/errors.ts";
import { createLog } from "#platform/log.ts";
import { Strict, Type } from "#platform/schema.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import type { App } from "../context.ts";
import { createGateway, rootInstance } from "./gateway.ts";
import { http } from "./plugin.ts";
import { idParams, pageQuery } from "./query.ts";
import { created, idempotencyKey, ifMatch, versioned } from "./replies.ts";
import { responses } from "./responses.ts";

const id = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
const Loaf = Strict({ id: Type.String(), version: Type.Integer() });
const NewLoaf = Strict({ name: Type.String({ maxLength: 20 }), tags: Type.Array(Type.String()) });
const loaf = { id, version: 3 };
const secret = "s3cret value of a row";

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
  if (how === "pool") throw new Error("timeout exceeded when trying to connect");
  throw Object.assign(new Error(secret), { code: "23505", status: 418 });
}

const lines: Record<string, unknown>[] = [];
const now = () => new Date();
const log = createLog({ level: "info", now, write: (line) => void lines.push(JSON.parse(line)) });
const telemetry = createTelemetry();
const config = { bodyBytesMax: 1_000, allowedHosts: ["localhost", "a"] };
const app = { config, log, telemetry, now } as unknown as App;
const routes = rootInstance(app).use(loafRoutes(app));
const gateway = createGateway(app, routes, {
  hosts: config.allowedHosts,
  isDraining: () => false,
});

async function ask(method: string, path: string, init: RequestInit = {}) {
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

const json = { "content-type": "application/json" };
const post = (body: BodyInit, headers: HeadersInit = json) =>
  ask("POST", "/loaves", { body, headers });

describe("201", () => {
  test("a created record says where it is and which version it has", async () => {
    const { status, headers } = await post('{"name":"rye","tags":[]}');
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`/api/v1/loaves/${id}`);
    expect(headers.get("etag")).toBe('"3"');
  });
  test("a charset of UTF-8 may be named", async () => {
    const named = { "content-type": 'application/json; charset="UTF-8"' };
    expect((await post('{"name":"rye","tags":[]}', named)).status).toBe(201);
  });
});

describe("200", () => {
  test("HEAD answers as GET without a body", async () => {
    const { status, headers, body } = await ask("HEAD", `/loaves/${id}`);
    expect([status, headers.get("etag"), body]).toEqual([200, '"3"', undefined]);
  });
  test("OPTIONS says what a path knows", async () => {
    const { status, headers } = await ask("OPTIONS", "/loaves");
    expect([status, headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS, POST"]);
  });
  test("a list has 50 records a page by default", async () => {
    expect((await ask("GET", "/loaves")).body.id).toBe("50");
  });
  test("a Host of one letter finds the right route", async () => {
    expect((await ask("GET", `http://a/loaves/${id}`)).body).toEqual(loaf);
  });
});

describe("400", () => {
  test("what is no JSON", async () => {
    for (const body of ["", "{", "{'a':1}", "[1,]", '{"a":"\0"}', "NaN"]) {
      expect((await post(body)).body.code).toBe("http.json");
    }
    expect((await ask("POST", "/loaves")).body.code).toBe("http.json");
  });
  test("bytes that are no UTF-8", async () => {
    expect((await post(new Uint8Array([0x22, 0xff, 0x22]))).body.code).toBe("http.encoding");
    expect((await post(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).status).toBe(400);
  });
  test("nesting that no shape has", async () => {
    expect((await post("[".repeat(900))).body.code).toBe("http.depth");
  });
  test("a Host that is not ours", async () => {
    expect((await ask("GET", "http://evil.example/loaves")).body.code).toBe("http.host");
  });
  test("broken escapes in the query", async () => {
    expect((await ask("GET", "/loaves?cursor=%zz")).status).toBe(400);
  });
  test("a missing or unreadable Idempotency-Key", async () => {
    const bake = (headers: HeadersInit) => ask("POST", `/loaves/${id}/bake`, { headers });
    for (const headers of [
      {},
      { "idempotency-key": "a b" },
      { "idempotency-key": "k".repeat(256) },
    ]) {
      expect((await bake(headers as HeadersInit)).body.code).toBe("http.idempotency_key");
    }
    expect((await bake({ "idempotency-key": "k".repeat(255) })).status).toBe(200);
  });
});

describe("404", () => {
  test("unknown routes", async () => {
    for (const path of ["/", "/nope", "/loaves/", "/loaves/x/y/z", "//loaves"]) {
      expect((await ask("GET", path)).status).toBe(404);
    }
  });
  test("an id of wrong form looks like one that does not exist", async () => {
    for (const path of ["/loaves/1", "/loaves/%00", "/loaves/%zz", "/loaves/%F0%9F"]) {
      expect((await ask("GET", path)).body.code).toBe("http.not_found");
    }
  });
});

describe("405", () => {
  test("names the methods that a path knows", async () => {
    const { status, headers } = await ask("DELETE", "/loaves");
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS, POST"]);
  });
});

describe("409", () => {
  test("an AppError keeps its code and its public text", async () => {
    const { status, body } = await ask("GET", "/loaves/fail/app");
    expect([status, body.code, body.detail]).toEqual([409, "stock.short", "Too little."]);
  });
});

describe("412 and 428", () => {
  const patch = (version?: string) =>
    ask(
      "PATCH",
      `/loaves/${id}`,
      version === undefined ? {} : { headers: { "if-match": version } },
    );
  test("a version must be given", async () => {
    expect((await patch()).status).toBe(428);
  });
  test("weak, foreign and any versions match nothing", async () => {
    for (const version of ["*", 'W/"3"', "3", '"x"', '"3", "4"', '"03"']) {
      expect((await patch(version)).status).toBe(412);
    }
    expect((await patch('"3"')).body.version).toBe(3);
  });
});

describe("413", () => {
  const large = JSON.stringify({ name: "x".repeat(2_000) });
  test("by the length announced, before reading", async () => {
    expect((await post(large, { ...json, "content-length": "2000" })).status).toBe(413);
  });
  test("by the length met, when none was announced", async () => {
    const { status, headers } = await post(large);
    expect([status, headers.get("connection")]).toEqual([413, "close"]);
  });
});

describe("415", () => {
  test("other content types", async () => {
    const types = ["text/plain", "application/xml", "application/json; charset=latin1", "x"];
    for (const type of types) expect((await post("{}", { "content-type": type })).status).toBe(415);
  });
});

describe("422", () => {
  test("names each wrong field by pointer, never its value", async () => {
    const body = JSON.stringify({ name: secret.repeat(2), tags: [1], more: secret });
    const { body: problem } = await post(body);
    expect(
      problem.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code]),
    ).toEqual([
      ["/more", "unknown"],
      ["/name", "invalid"],
      ["/tags/0", "invalid"],
    ]);
  });
  test("NUL, lone surrogates and __proto__, in values and keys", async () => {
    const bodies = ['"a\\u0000"', '"\\ud83e"', '"\\uDD50 "'].map(
      (name) => `{"name":${name},"tags":[]}`,
    );
    for (const body of [...bodies, '{"__proto__":{}}', '{"\\u0000":1}', '{"\\u005f_proto__":1}']) {
      expect((await post(body)).body.code).toBe("http.validation");
    }
    expect((await post('{"name":"\\ud83e\\udd50","tags":[]}')).status).toBe(201);
  });
  test("unknown, doubled and impossible query parameters", async () => {
    const queries = [
      "x=1",
      "limit=0",
      "limit=201",
      "limit=a",
      "limit=",
      "limit=1&limit=2",
      "cursor=%00",
    ];
    for (const query of queries) {
      expect([query, (await ask("GET", `/loaves?${query}`)).status]).toEqual([query, 422]);
    }
  });
});

describe("500", () => {
  test("an unknown error answers a fixed text; the log names it without its values", async () => {
    const { status, body } = await ask("GET", "/loaves/fail/unknown");
    expect([status, body.code]).toEqual([500, "internal"]);
    const line = lines.findLast((each) => each["message"] === "Request failed");
    expect(line).toMatchObject({ severity: "ERROR", errorCode: "23505" });
  });
  test("a response of the wrong shape never leaves", async () => {
    expect((await ask("GET", "/loaves/fail/shape")).status).toBe(500);
    expect(JSON.stringify(lines)).not.toContain("rye");
  });
});

describe("503", () => {
  test("a database that cannot answer in time says when to come back", async () => {
    for (const how of ["lock", "pool"]) {
      const { status, headers } = await ask("GET", `/loaves/fail/${how}`);
      expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    }
  });
});

describe("traces, metrics and logs", () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  test("the caller's trace goes on; a malformed one is replaced", async () => {
    const asked = (header: string) => ask("GET", "/nope", { headers: { traceparent: header } });
    expect((await asked(`00-${trace}-00f067aa0ba902b7-01`)).body.traceId).toBe(trace);
    expect((await asked(`00-${"0".repeat(32)}-00f067aa0ba902b7-01`)).body.traceId).not.toMatch(
      /^0+$/,
    );
    expect((await asked("rubbish")).body.traceId).toMatch(/^[0-9a-f]{32}$/);
  });
  test("label values are patterns, never paths", async () => {
    await ask("GET", `/loaves/${id}`);
    await ask("GET", "/pots/7");
    const series = (await telemetry.print()).split("\n").filter((line) => line.includes("_count{"));
    const routesSeen = new Set(series.map((line) => /route="([^"]*)"/.exec(line)?.[1]));
    const patterns = [
      "/loaves",
      "/loaves/:id",
      "/loaves/:id/bake",
      "/loaves/fail/:how",
      "unmatched",
    ];
    expect([...routesSeen].sort()).toEqual(patterns);
  });
  test("a line a request, in Cloud Logging's fields", async () => {
    await ask("GET", `/loaves/${id}?limit=1`, {
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    expect(lines.at(-1)).toMatchObject({
      severity: "INFO",
      message: "Request",
      "logging.googleapis.com/trace": trace,
      method: "GET",
      route: "/loaves/:id",
      status: 200,
    });
    expect(JSON.stringify(lines)).not.toContain(id);
  });
});

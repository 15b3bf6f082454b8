import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import pg from "pg";
import { createCache } from "#platform/cache.ts";
import { parseWebConfig } from "#platform/config.ts";
import { type App, GUEST_ACTOR } from "#platform/context.ts";
import { type Database, openDatabase, statement } from "#platform/db.ts";
import { AppError } from "#platform/errors.ts";
import { createGateway, type Gateway, rootInstance } from "#platform/http/gateway.ts";
import { http } from "#platform/http/plugin.ts";
import { responses } from "#platform/http/responses.ts";
import { createLog } from "#platform/log.ts";
import { Strict, Type } from "#platform/schema.ts";
import { openServices } from "#platform/services.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { startWeb } from "../../src/web/lifecycle.ts";
import { serve } from "../../src/web/main.ts";
import { testCredentials } from "../harness/key.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

// Whoever throws it, and wherever it was sent: it must not come out anywhere.
const canary = "CANARY-7f3a9c5e";
const multiline = `${canary}\n    at ${canary} (/${canary}.ts:1:1)\n${canary}`;

let database: TestDatabase;
let db: Database;
let gateway: Gateway;
let web: TestWeb;
const lines: string[] = [];
const now = () => new Date();
const log = createLog({ level: "debug", now, write: (line) => void lines.push(line) });

const insert = statement(
  "canary_insert",
  "insert into keys.keys (id, name, prefix, hash, scopes, created_by) values ($1, $2, $2, $3, $4, $2)",
);

class LibraryError extends Error {
  readonly status = "UNAUTHORIZED";
  readonly statusCode = 401;
  readonly body = { message: canary, code: canary };
  readonly headers = { "x-secret": canary, "set-cookie": canary };
  override readonly name = canary;
  readonly code = canary;
}

const throwers: Readonly<Record<string, () => unknown>> = {
  "an unknown error with SQL and values": () => {
    const query = { query: `insert '${canary}'`, params: [canary], detail: canary };
    throw Object.assign(new Error(`Failed query: insert '${canary}'`), query);
  },
  "an unknown error with lines that look like frames": () => {
    throw new Error(multiline);
  },
  "an error of a library, with a status and headers of its own": () => {
    throw new LibraryError(canary);
  },
  "the cause of one of ours": () => {
    const cause = new Error(canary, { cause: new TypeError(multiline) });
    throw new AppError("conflict", "stock.short", "Too little.", { cause });
  },
  "an error whose cause has it": () => {
    throw new Error("outer", { cause: new AggregateError([new Error(canary)], canary) });
  },
  "no error at all": () => {
    throw canary;
  },
  "an object that looks like a response": () => {
    throw { status: 200, message: canary, response: canary, headers: { "x-secret": canary } };
  },
  "a runtime's error": () => new URL(`//${canary}`),
  "a parser's error": () => JSON.parse(`{"${canary}`),
  "a constraint of PostgreSQL": () => {
    const row = ["0199a0c2-0000-7000-8000-000000000009", canary, canary, []];
    return db.run(insert, row);
  },
  "a value that PostgreSQL cannot read": () => db.run(insert, [canary, canary, canary, [canary]]),
  "SQL that is none": () =>
    db.run(statement("canary_none", `select '${canary}' from nothing_here`)),
  "a connection that is refused": async () => {
    const url = `postgres://${canary}:${canary}@127.0.0.1:1/${canary}`;
    await new pg.Client({ connectionString: url }).connect();
  },
  "an answer of the wrong shape": () => ({ name: 1, secret: canary, [canary]: canary }),
};

beforeAll(async () => {
  database = await testDatabase();
  const config = parseWebConfig({ DATABASE_URL: database.appUrl });
  db = openDatabase(config.database, { log });
  const telemetry = createTelemetry();
  const cache = createCache({ config, telemetry });
  const app: App = { config, db, log, telemetry, cache, ...openServices(config, now), now };
  const names = Object.keys(throwers);
  const routes = new Elysia({ prefix: "/api/v1", normalize: false })
    .use(http(app))
    .model({ Loaf: Strict({ name: Type.String() }) })
    .get("/throw/:index", ({ params }) => throwers[names[Number(params.index)]!]!() as never, {
      response: responses({ 200: "Loaf" }),
    });
  gateway = createGateway(app, rootInstance(app).use(routes), {
    isDraining: () => false,
    authenticate: async () => GUEST_ACTOR,
    listStream: () => undefined,
    ranks: { sale: [], report: [], guessed: [] },
  });
  web = openTestWeb(database.appUrl, { log });
});
afterAll(async () => {
  await Promise.all([db.close(), web.close()]);
  await database.drop();
});

/** Everything that leaves: the answer, its headers and every line of the log. */
async function expectSilence(answer: Response): Promise<string> {
  const text = await answer.text();
  const out = [text, JSON.stringify([...answer.headers]), answer.statusText, ...lines].join("\n");
  expect(out).not.toContain(canary);
  return text;
}

describe("a secret never leaves by", () => {
  for (const [index, name] of Object.keys(throwers).entries()) {
    test(name, async () => {
      lines.length = 0;
      const asked = new Request(`http://localhost/api/v1/throw/${index}`);
      const answer = await gateway.fetch(asked, "127.0.0.1");
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      await expectSilence(answer);
      expect(lines.join()).toContain('"message":"Request"');
    });
  }
});

describe("what a client sends never comes back, nor into the log:", () => {
  const sent: Readonly<Record<string, RequestInit & { readonly path?: string }>> = {
    "a cookie": { headers: { cookie: `session=${canary}; __Host-banneton=${canary}` } },
    "a bearer token": { headers: { authorization: `Bearer ${canary}` } },
    "a key that is none": { headers: { authorization: `Bearer bnt_key_${canary}` } },
    "another scheme": { headers: { authorization: `Basic ${canary}` } },
    headers: {
      headers: {
        "x-forwarded-for": canary,
        "x-request-id": canary,
        "user-agent": canary,
        referer: `https://${canary}/`,
        traceparent: canary,
        origin: `https://${canary}`,
        "idempotency-key": canary,
        "if-match": canary,
        "accept-language": canary,
      },
    },
    "a foreign origin": { method: "POST", headers: { origin: `https://${canary}` } },
    "a body of the wrong shape": { method: "POST", body: JSON.stringify({ secret: canary }) },
    "a body with a wrong value": {
      method: "POST",
      body: JSON.stringify({ name: 7, kind: canary }),
    },
    "a body that is no JSON": { method: "POST", body: `{"name": ${canary}` },
    "a body of another type": {
      method: "POST",
      body: canary,
      headers: { "content-type": `text/${canary}` },
    },
    "a query": { path: `/api/v1/items?limit=${canary}&secret=${canary}` },
    "a cursor": { path: `/api/v1/items?cursor=${canary}` },
    "a method": { method: canary },
  };
  for (const [name, { path = "/api/v1/items", ...init }] of Object.entries(sent)) {
    test(name, async () => {
      lines.length = 0;
      const type = { "content-type": "application/json" };
      const headers = { ...testCredentials, ...type, ...(init.headers as object) };
      const asked = new Request(`http://localhost${path}`, { ...init, headers });
      await expectSilence(await web.web.fetch(asked, "127.0.0.1"));
    });
  }

  test("over a real socket, and in the metrics", async () => {
    lines.length = 0;
    const config = { port: 0, metricsPort: 0 };
    const listening = openTestWeb(database.appUrl, { log, config });
    const running = startWeb(listening.app, listening.web, serve);
    const url = `http://127.0.0.1:${running.port}/api/v1/items?secret=${canary}`;
    const headers = { authorization: `Bearer bnt_key_${canary}`, cookie: `session=${canary}` };
    expect(await expectSilence(await fetch(url, { headers }))).toContain("keys.refused");
    const metrics = await fetch(`http://127.0.0.1:${running.metricsPort}/metrics`);
    await expectSilence(metrics);
    await running.stop();
    expect(lines.join()).not.toContain(canary);
  });
});

import { afterAll, describe, expect, test } from "bun:test";
import type { RulesetDefinition } from "@stoplight/spectral-core";
import { Spectral, Document as SpectralDocument } from "@stoplight/spectral-core";
import { Json } from "@stoplight/spectral-parsers";
import { oas } from "@stoplight/spectral-rulesets";
import { testClient } from "../../test/harness/client.ts";
import { openTestWeb } from "../../test/harness/web.ts";
import { ranks } from "./ranks.ts";

// Nothing listens there: what needs no database must work, the rest must say 503.
const { web, client, close } = openTestWeb("postgres://app@127.0.0.1:1/none");
afterAll(close);
// Whoever shows a key is looked up first.
const guest = testClient(web, {});

describe("the OpenAPI document", () => {
  test("lists every route, and only those", () => {
    const documented = Object.entries(web.document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = web.routes
      .filter(
        ({ path }) =>
          !/^\/(?:$|swagger|recalls|reports|files|admin|sign-|invitations)|\/callback\//.test(path),
      )
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([^/]+)/g, "{$1}")}`);
    expect(documented.sort()).toEqual(routed.sort());
  });

  test("every operation has a name of its own, a summary, one tag and its problems", () => {
    const operations = Object.values(web.document.paths).flatMap((each) => Object.values(each));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { summary, tags, responses } of operations) {
      expect(summary.length).toBeGreaterThan(5);
      expect(tags).toHaveLength(1);
      expect(Object.keys(responses)).toContain("500");
    }
  });

  test("every command that is refused without Idempotency-Key asks for it", async () => {
    for (const [path, { post }] of Object.entries(web.document.paths)) {
      if (post === undefined) continue;
      const example = post.requestBody?.content["application/json"]?.example;
      const id = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
      const at = `/${path.replace("{id}", id).replace("{report}", "waste")}`;
      const { body } = await guest.post(at, example);
      const isNeeded = body.code === "http.idempotency_key";
      expect([path, JSON.stringify(post.parameters).includes("IdempotencyKey")]).toEqual([
        path,
        isNeeded,
      ]);
    }
  });

  test("a field that may stay empty is not filled in by Swagger UI", () => {
    const operations = Object.values(web.document.paths).flatMap((each) => Object.values(each));
    for (const { parameters = [] } of operations) {
      for (const each of parameters) {
        if ("$ref" in each || each.required) continue;
        expect(each).not.toHaveProperty("example");
      }
    }
  });

  test("every operation of the API takes a bearer or a cookie, but those that are open to anybody", () => {
    const { securitySchemes } = web.document.components;
    expect(securitySchemes).toMatchObject({
      bearer: { type: "http", scheme: "bearer" },
      session: { type: "apiKey", in: "cookie", name: "banneton-session" },
      till: { type: "apiKey", in: "cookie", name: "banneton-till" },
    });
    const all = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));
    const open = Object.entries(web.document.paths).flatMap(([path, operations]) =>
      Object.values(operations)
        .filter(({ security }) => JSON.stringify(security) !== JSON.stringify(all))
        .map(({ operationId, security }) => [path, operationId, security]),
    );
    expect(open).toEqual([
      ["/healthz", "getLiveness", []],
      ["/readyz", "getReadiness", []],
      ["/health", "getHealth", []],
      ["/api/v1/session", "signIn", []],
      ["/api/v1/session/google", "startGoogle", []],
      ["/api/v1/session/second-factor", "passSecondFactor", []],
      ["/api/v1/invitations/accept", "acceptInvitation", []],
      ["/api/v1/till-device", "pairDevice", []],
    ]);
  });

  test("lints clean with spectral:oas", async () => {
    const spectral = new Spectral();
    spectral.setRuleset({ extends: [oas as RulesetDefinition] });
    const text = JSON.stringify(web.document);
    const found = await spectral.run(new SpectralDocument(text, Json, "openapi.json"));
    expect(found.map(({ code, message, path }) => [code, message, path.join("/")])).toEqual([]);
  });
});

describe("Swagger UI", () => {
  test("comes from this server alone", async () => {
    const page = (await guest.get<string>("//swagger")).body;
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = ""]) => source);
    expect(sources).toHaveLength(4);
    for (const source of sources.filter((each) => each !== "data:,")) {
      expect(source).toStartWith("/swagger/assets/");
      expect((await guest.get(`/${source}`)).status).toBe(200);
    }
    expect((await guest.get("//swagger/json")).body).toEqual(web.document);
    expect((await guest.get("//swagger/assets/..%2f..%2fpackage.json")).status).toBe(404);
  });
});

describe("ranks", () => {
  test("are of routes that exist", () => {
    const routed = new Set(web.routes.map(({ method, path }) => `${method} ${path}`));
    const ranked = Object.values(ranks)
      .flat()
      .map((route) => route.split("?")[0]);
    expect(ranked.filter((route) => !routed.has(route ?? ""))).toEqual([]);
  });
});

describe("without a database", () => {
  test("the process is alive, not ready, and answers 503", async () => {
    for (const authorization of [undefined, "Bearer bnt_key_unknown", "Basic x"]) {
      const shown = authorization === undefined ? {} : { authorization };
      expect((await guest.get("//healthz", shown)).status).toBe(200);
    }
    for (const path of ["//readyz", "//health"]) {
      const { status, body } = await client.get(path);
      expect([status, body.checks.database]).toEqual([503, "failed"]);
    }
    const { status, headers } = await client.get("/sites");
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
  });
});

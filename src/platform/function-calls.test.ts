import { afterAll, describe, expect, test } from "bun:test";
import { createFunctionCalls } from "./function-calls.ts";

const seen: Headers[] = [];
let status = 204;
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  fetch: (request) => {
    seen.push(new Headers(request.headers));
    const headers = { location: "http://127.0.0.1:1/" };
    return new Response(status === 204 ? null : "no", { status, headers });
  },
});
afterAll(() => void server.stop(true));

const url = `http://127.0.0.1:${server.port}/`;
const calls = createFunctionCalls({ auditEvent: url }, async (audience) => `token.for.${audience}`);
const traceId = "0af7651916cd43dd8448eb211c80319c";
const ctx = { traceId, app: {} };
const request = { headers: { "content-type": "application/json" }, body: "{}", timeoutMs: 5_000 };

describe("a call of a function", () => {
  test("shows a token for that very URL, to Google's door and to ours, and goes on with the trace", async () => {
    status = 204;
    await calls.call(ctx, "auditEvent", request);
    const headers = seen.at(-1);
    expect(headers?.get("authorization")).toBe(`Bearer token.for.${url}`);
    expect(headers?.get("x-serverless-authorization")).toBe(`Bearer token.for.${url}`);
    expect(headers?.get("traceparent")).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  });

  test("that may succeed later is unavailable, one that never will is invalid", async () => {
    for (const passing of [401, 403, 404, 408, 429, 500, 502, 503, 302]) {
      status = passing;
      const failed = calls.call(ctx, "auditEvent", request);
      await expect(failed).rejects.toMatchObject({ kind: "unavailable", code: "function.failed" });
    }
    for (const final of [400, 405, 409, 413, 422]) {
      status = final;
      const refused = calls.call(ctx, "auditEvent", request);
      await expect(refused).rejects.toMatchObject({ kind: "invalid", code: "function.refused" });
    }
  });

  test("of a function that there is none of is refused before anything is sent", async () => {
    const before = seen.length;
    expect(calls.has("exportReport")).toBe(false);
    await expect(calls.call(ctx, "exportReport", request)).rejects.toMatchObject({
      code: "function.failed",
    });
    expect(seen).toHaveLength(before);
  });
});

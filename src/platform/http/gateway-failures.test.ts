import { describe, expect, test } from "bun:test";
import { ask, id, lines, telemetry } from "../../../test/harness/loaves.ts";

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

describe("422", () => {
  test("a sum that no column holds is the request's fault, not ours", async () => {
    const { status, body } = await ask("GET", "/loaves/fail/range");
    expect([status, body.code]).toEqual([422, "http.number_range"]);
    expect(JSON.stringify(body)).not.toContain("s3cret");
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

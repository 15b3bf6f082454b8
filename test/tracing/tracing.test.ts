import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "#platform/id.ts";
import { testRelease } from "../../scripts/build-worker.ts";
import { until } from "../faults/schedule.ts";
import * as bakery from "../harness/bakery.ts";
import { startFunction } from "../harness/function-process.ts";
import { emptyDatabase, type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb } from "../harness/web.ts";
import { startWebProcess } from "../harness/web-process.ts";
import { endedWorker } from "../harness/worker-process.ts";

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly events: readonly unknown[];
}

// A collector on loopback that keeps what it gets.
const bodies: string[] = [];
const collector = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    if (new URL(request.url).pathname === "/v1/traces") bodies.push(await request.text());
    return Response.json({});
  },
});
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(async () => {
  await database.drop();
  await collector.stop(true);
});

interface OtlpProcess {
  readonly resource: Pick<OtlpSpan, "attributes">;
  readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
}

function processes(): OtlpProcess[] {
  return bodies.flatMap((body) => {
    return (JSON.parse(body) as { resourceSpans: OtlpProcess[] }).resourceSpans;
  });
}

function spans(): OtlpSpan[] {
  return processes().flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => [...scope.spans]));
}

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const secret = "sourdough-that-nobody-may-read";

async function askedOf(ratio: string): Promise<string[]> {
  bodies.length = 0;
  const web = await startWebProcess(database.appUrl, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}/`,
    OTEL_TRACES_SAMPLER_ARG: ratio,
  });
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(`${web.base}${path}`, init);
    return ((await response.json()) as { traceId?: string }).traceId ?? "";
  };
  const json = { "content-type": "application/json" };
  const mine = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
  const theirs = { traceparent: `00-${"ab".repeat(16)}-00f067aa0ba902b7-00` };
  const ids = [
    await ask(`/api/v1/items?q=${secret}`, { headers: mine }),
    await ask(`/api/v1/items/${secret}`, { headers: theirs }),
    await ask("/api/v1/items", {
      method: "POST",
      headers: json,
      body: JSON.stringify({ name: secret }),
    }),
  ];
  await ask("/readyz", {});
  expect(await web.stop()).toBe(0);
  return ids;
}

describe("a web with a collector", () => {
  test("sends a span a request, under the trace that the answer and the log name", async () => {
    const ids = await askedOf("1");
    const sent = spans();
    expect(ids[0]).toBe(trace);
    const first = sent.find(({ traceId }) => traceId === trace);
    expect(first?.parentSpanId).toBe("00f067aa0ba902b7");
    expect(first?.name).toBe("GET /api/v1/items");
    expect(first?.attributes).toContainEqual({
      key: "http.response.status_code",
      value: { intValue: 422 },
    });
    expect(sent.map(({ traceId }) => traceId)).toContain(ids[2] ?? "");
  });

  test("believes a caller who does not sample, and still names his trace", async () => {
    const ids = await askedOf("1");
    expect(ids[1]).toBe("ab".repeat(16));
    expect(spans().map(({ traceId }) => traceId)).not.toContain("ab".repeat(16));
  });

  test("samples nothing of its own at 0, but what a caller asks for", async () => {
    await askedOf("0");
    expect(new Set(spans().map(({ traceId }) => traceId))).toEqual(new Set([trace]));
  });

  test("tells no path, query, body or statement", async () => {
    await askedOf("1");
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.join()).not.toContain(secret);
    expect(bodies.join()).not.toMatch(/select |insert into/i);
    for (const { events } of spans()) expect(events ?? []).toEqual([]);
  });
});

test("a compiled worker sends a span a job, the transactions below it, and its commit", async () => {
  bodies.length = 0;
  const env = {
    DATABASE_URL: database.appUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
    OTEL_TRACES_SAMPLER_ARG: "1",
  };
  expect((await endedWorker({ env, args: ["--once"] })).code).toBe(0);
  const sent = spans();
  const job = sent.find(({ name }) => name.startsWith("job "));
  expect(job).toBeDefined();
  const jobs = new Set(sent.filter(({ name }) => name.startsWith("job ")).map((s) => s.spanId));
  const below = sent.filter(({ name }) => name === "transaction");
  expect(below.length).toBeGreaterThan(0);
  for (const { parentSpanId } of below) expect(jobs).toContain(parentSpanId ?? "");
  for (const { resource } of processes()) {
    const version = { key: "service.version", value: { stringValue: testRelease } };
    expect(resource.attributes).toContainEqual(version);
  }
});

test("what a function did not expect is reported under the commit it was built of", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banneton-reported-"));
  const empty = await emptyDatabase();
  const called = await startFunction("exportReport", { databaseUrl: empty.appUrl, folder });
  try {
    const answer = await fetch(called.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${await called.token()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ exportId: newId() }),
    });
    expect(answer.status).toBe(500);
    const service = { service: "banneton-functions", version: testRelease };
    const reported = `"serviceContext":${JSON.stringify(service)}`;
    await until("it is reported", () => called.output().includes(reported));
  } finally {
    await called.kill();
    await empty.drop();
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test("a function logs under the trace of the job that called it", async () => {
  bodies.length = 0;
  const folder = mkdtempSync(join(tmpdir(), "banneton-traced-"));
  const bench = openTestWeb(database.appUrl);
  const called = await startFunction("auditEvent", { databaseUrl: database.appUrl, folder });
  try {
    await bakery.addCategory(bench.client, "fifo");
    const env = {
      DATABASE_URL: database.appUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
      OTEL_TRACES_SAMPLER_ARG: "1",
      AUDIT_EVENT_URL: called.url,
      ID_TOKEN_FOLDER: join(folder, "identity"),
    };
    expect((await endedWorker({ env, args: ["--once"] })).code).toBe(0);
    const jobs = spans().filter(({ name }) => name.startsWith("job "));
    expect(jobs.filter(({ traceId }) => called.output().includes(traceId))).not.toEqual([]);
  } finally {
    await called.kill();
    await bench.close();
    rmSync(folder, { recursive: true });
  }
}, 60_000);

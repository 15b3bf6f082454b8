import type { FunctionName } from "../src/platform/function-calls.ts";
import { newId } from "../src/platform/id.ts";
import { startFunction } from "../test/harness/function-process.ts";
import type { Place } from "./place.ts";
import { median, type Tell, told } from "./rounds.ts";

const starts = 5;

interface Call {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  /** What it answers after it has asked the books for what they do not have. */
  readonly status: number;
}

function eventOf(type: string, body: object, status: number): Call {
  const ce = {
    "ce-specversion": "1.0",
    "ce-id": entry.id,
    "ce-source": "//bench",
    "ce-type": type,
  };
  return { headers: ce, body, status };
}

const entry = {
  seq: "1",
  id: newId(),
  action: "item.added",
  subjectKind: "item",
  subjectId: "1",
  siteId: null,
  actorKind: "system",
  actorId: "system",
  credentialId: null,
  network: null,
  traceId: "0".repeat(32),
  before: null,
  after: null,
  recordedAt: "2026-11-28T04:00:00.000000Z",
};

const object = { bucket: "folder", name: `uploads/${newId()}` };

const calls: Readonly<Record<FunctionName, Call>> = {
  auditEvent: eventOf(`banneton.${entry.action}`, entry, 404),
  exportReport: { headers: {}, body: { exportId: newId() }, status: 404 },
  uploadFinalized: eventOf("google.cloud.storage.object.v1.finalized", object, 204),
};

/** How long the first caller of an instance waits: the bundle on Node, until OPTIONS and a query. */
export async function measureFunctions(place: Place, tell: Tell): Promise<void> {
  for (const name of Object.keys(calls) as FunctionName[]) {
    const times: { readonly readyMs: number; readonly firstMs: number }[] = [];
    // The first start writes the bundle and warms the disk; it does not count.
    await startOnce(place, name);
    for (let count = 0; count < starts; count++) times.push(await startOnce(place, name));
    tell(told(`${name}-options`, median(times.map(({ readyMs }) => readyMs)), "ms from its start"));
    tell(told(`${name}-post`, median(times.map(({ firstMs }) => firstMs)), "ms for the first"));
  }
}

async function startOnce({ appUrl, folder }: Place, name: FunctionName) {
  const env = { LOG_LEVEL: "error" };
  const running = await startFunction(name, { databaseUrl: appUrl, folder, env });
  try {
    const { headers: own, body, status } = calls[name];
    const authorization = `Bearer ${await running.token()}`;
    const headers = { ...own, authorization, "content-type": "application/json" };
    const began = performance.now();
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(running.url, init);
    const firstMs = performance.now() - began;
    if (answer.status !== status) throw new Error(`${name}: ${await answer.text()}`);
    return { readyMs: running.readyMs, firstMs };
  } finally {
    await running.kill();
  }
}

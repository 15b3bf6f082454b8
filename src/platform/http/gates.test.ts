import { describe, expect, test } from "bun:test";
import { createGates, holdPlace, type Leave } from "#platform/http/gates.ts";
import type { GateName } from "#platform/http/ranks.ts";
import { createTelemetry } from "#platform/telemetry.ts";

const config = { salesMax: 2, officeMax: 2, reportsMax: 1 };
const telemetry = createTelemetry();
const gates = createGates(config, telemetry);
const patient = new AbortController();
const enter = async (name: GateName, client: Pick<Request, "signal"> = patient): Promise<Leave> =>
  gates.enter(name, client);

async function refusalOf(entering: Promise<Leave>): Promise<unknown> {
  try {
    await entering;
    return undefined;
  } catch (error) {
    return error;
  }
}

const metric = async (name: string): Promise<number> => {
  const line = (await telemetry.print()).split("\n").find((each) => each.startsWith(name));
  return Number(line?.split(" ").at(-1));
};
const waiting = 'http_gate_requests{class="report",state="waiting"}';
const inFlight = 'http_gate_requests{class="report",state="in_flight"}';
const refused = 'http_gate_refused_total{class="report"}';

describe("a gate", () => {
  test("lets as many in as there are places, and the next when one leaves, in order", async () => {
    const first = await enter("report");
    const order: string[] = [];
    const named = async (name: string) => {
      const leave = await enter("report");
      order.push(name);
      return leave;
    };
    const [second, third] = [named("second"), named("third")];
    expect([await metric(inFlight), await metric(waiting)]).toEqual([1, 2]);
    first();
    (await second)();
    (await third)();
    expect(order).toEqual(["second", "third"]);
    expect([await metric(inFlight), await metric(waiting)]).toEqual([0, 0]);
  });

  test("leaving twice frees one place", async () => {
    const [one, two] = [await enter("sale"), await enter("sale")];
    one();
    one();
    const three = await enter("sale");
    const fourth = enter("sale");
    expect(await Promise.race([fourth, "waits"])).toBe("waits");
    two();
    (await fourth)();
    three();
  });

  test("refuses at once when its queue is full, and says when to come back", async () => {
    const before = await metric(refused);
    const leave = await enter("report");
    const queued = [enter("report"), enter("report")];
    const error = await refusalOf(enter("report"));
    expect(error).toMatchObject({ kind: "unavailable", code: "overload.report" });
    expect((error as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(0);
    expect(await metric(refused)).toBe(before + 1);
    leave();
    for (const each of queued) (await each)();
  });

  test("refuses after its deadline; a full gate holds no other up", async () => {
    const leave = await enter("report");
    const begun = performance.now();
    const late = refusalOf(enter("report"));
    for (const name of ["sale", "office"] as const) (await enter(name))();
    expect(performance.now() - begun).toBeLessThan(100);
    expect(await late).toMatchObject({ code: "overload.report" });
    expect(performance.now() - begun).toBeGreaterThan(900);
    leave();
    expect(await metric(inFlight)).toBe(0);
  });

  test("a client that goes gives up its turn", async () => {
    const leave = await enter("report");
    const gone = new AbortController();
    const waits = refusalOf(enter("report", gone));
    gone.abort();
    expect(await waits).toMatchObject({ code: "overload.report" });
    expect(await metric(waiting)).toBe(0);
    leave();
  });
});

describe("a stream", () => {
  const endless = () =>
    new Response(
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array([1])) }),
    );

  test("holds its place until its end", async () => {
    const held = holdPlace(new Response("all of it"), patient, await enter("report"));
    expect(await metric(inFlight)).toBe(1);
    expect(await held.text()).toBe("all of it");
    expect(await metric(inFlight)).toBe(0);
  });

  test("gives it back when nobody reads on", async () => {
    const held = holdPlace(endless(), patient, await enter("report"));
    const reader = held.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(await metric(inFlight)).toBe(0);
  });

  test("gives it back when the client goes before reading", async () => {
    const client = new AbortController();
    holdPlace(endless(), client, await enter("report"));
    client.abort();
    expect(await metric(inFlight)).toBe(0);
  });

  test("gives it back when its source fails", async () => {
    const source = { pull: () => Promise.reject(new Error("gone")) };
    const held = holdPlace(
      new Response(new ReadableStream(source)),
      patient,
      await enter("report"),
    );
    expect(await refusalOf(held.text() as never)).toBeInstanceOf(Error);
    expect(await metric(inFlight)).toBe(0);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { Redis } from "ioredis";
import { until } from "../../test/faults/schedule.ts";
import { startTestRedis, type TestRedis } from "../../test/harness/redis.ts";
import { type Cache, createCache } from "./cache.ts";
import { entryLengthMax } from "./cache-shelf.ts";
import { Secret } from "./config.ts";
import { AppError } from "./errors.ts";
import { silentLog } from "./log.ts";
import { openRedis } from "./redis.ts";
import { createTelemetry, type Telemetry } from "./telemetry.ts";

const config = { authSecret: new Secret("a secret of this test, and of no other") };
const shape = Type.Object({ n: Type.Integer(), text: Type.Optional(Type.String()) });
const times = { ttlSeconds: 60, aloneSeconds: 60 };
const what = (key: string, ...tags: string[]) => ({ cache: "test", key, tags, shape, ...times });

/** What a web has: a connection and numbers of its own. */
interface Pod {
  readonly cache: Cache;
  readonly telemetry: Telemetry;
  readonly redis: Redis;
}

let server: TestRedis;
let admin: Redis;
const pods: Pod[] = [];

async function openPod(secret = config): Promise<Pod> {
  const redis = openRedis(new Secret(server.url), silentLog);
  await redis.connect();
  const telemetry = createTelemetry();
  const pod = { cache: createCache({ config: secret, redis, telemetry }), telemetry, redis };
  pods.push(pod);
  return pod;
}

let [one, two]: Pod[] = [];
beforeAll(async () => {
  server = await startTestRedis();
  admin = new Redis(server.url).on("error", () => {});
});
afterAll(async () => {
  for (const { redis } of pods) redis.disconnect();
  admin.disconnect();
  await server.close();
});
beforeEach(async () => {
  await server.flush();
  [one, two] = [await openPod(), await openPod()];
});

/** A computation that counts, and may be held up. */
function counted(held: Promise<unknown> = Promise.resolve()) {
  let count = 0;
  return {
    count: () => count,
    compute: async () => {
      count += 1;
      const n = count;
      await held;
      return { n };
    },
  };
}

async function resultsOf({ telemetry }: Pod): Promise<Record<string, number>> {
  const found = (await telemetry.read()).find(({ name }) => name === "cache_requests_total");
  const values = (found?.values ?? []) as { labels: { result: string }; value: number }[];
  return Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]));
}

const entries = async () => (await admin.keys("*")).filter((key) => key.includes(":entry:"));

describe("a cold answer that many ask for", () => {
  test("is computed once in two processes, and all get it", async () => {
    const gate = Promise.withResolvers<void>();
    const { compute, count } = counted(gate.promise);
    const asking = Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? one : two)!.cache.read(what("cold", "a"), compute),
    );
    await until("one computes and the other waits", async () => count() === 1);
    gate.resolve();
    const answers = await Promise.all(asking);
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['{"n":1}']));
    expect(count()).toBe(1);
    const all = [await resultsOf(one!), await resultsOf(two!)];
    const sum = (result: string) => all.reduce((total, each) => total + (each[result] ?? 0), 0);
    expect([sum("miss"), sum("shared") + sum("hit")]).toEqual([1, 99]);
  });

  test("is computed by another when the first fails, and the failure is kept by nobody", async () => {
    const failing = async () => {
      throw new Error("not today");
    };
    await expect(one!.cache.read(what("failing"), failing)).rejects.toThrow("not today");
    const { compute } = counted();
    expect((await two!.cache.read(what("failing"), compute)).text).toBe('{"n":1}');
  });

  test("is not waited for longer than a process may take that died over it", async () => {
    const never = counted(new Promise(() => {}));
    void one!.cache.read(what("dead"), never.compute);
    await until("it computes", () => never.count() === 1);
    const { compute } = counted();
    const begun = performance.now();
    expect((await two!.cache.read(what("dead"), compute)).text).toBe('{"n":1}');
    expect(performance.now() - begun).toBeLessThan(8_000);
  }, 20_000);
});

describe("after a change", () => {
  test("both processes compute anew, and other tags stay", async () => {
    const [changed, other] = [counted(), counted()];
    for (const { cache } of [one!, two!]) {
      await cache.read(what("x", "a"), changed.compute);
      await cache.read(what("y", "b"), other.compute);
    }
    await one!.cache.forget(["a"]);
    for (const { cache } of [one!, two!]) {
      expect((await cache.read(what("x", "a"), changed.compute)).text).toBe('{"n":2}');
      expect((await cache.read(what("y", "b"), other.compute)).text).toBe('{"n":1}');
    }
  });

  test("what was computed from before it is not kept, nor joined", async () => {
    const gate = Promise.withResolvers<void>();
    const old = counted(gate.promise);
    const early = one!.cache.read(what("late", "a"), old.compute);
    await until("it computes", () => old.count() === 1);
    await two!.cache.forget(["a"]);
    const fresh = counted();
    const later = one!.cache.read(what("late", "a"), async () => {
      await fresh.compute();
      return { n: 7 };
    });
    expect((await later).text).toBe('{"n":7}');
    gate.resolve();
    expect((await early).text).toBe('{"n":1}');
    expect((await two!.cache.read(what("late", "a"), old.compute)).text).toBe('{"n":7}');
  });

  test("a refused command changes nothing, one whose end nobody knows may have", async () => {
    const { compute, count } = counted();
    await one!.cache.read(what("x", "a"), compute);
    const failing = (error: Error) => () => Promise.reject(error);
    const refused = failing(new AppError("stale", "test.stale", "Read it again."));
    await expect(one!.cache.changing(["a"], refused)).rejects.toThrow();
    await one!.cache.read(what("x", "a"), compute);
    expect(count()).toBe(1);
    await expect(one!.cache.changing(["a"], failing(new Error("cut")))).rejects.toThrow();
    await one!.cache.read(what("x", "a"), compute);
    expect(count()).toBe(2);
  });
});

describe("what is no answer of ours is a miss", () => {
  const spoil: Record<string, (key: string, other: string) => Promise<unknown>> = {
    "text of anybody": (key) => admin.set(key, "<b>"),
    "another type": (key) => admin.del(key).then(() => admin.lpush(key, "x")),
    "an answer of other numbers": async (key) =>
      admin.set(key, ((await admin.get(key)) ?? "").replace('{"n":1}', '{"n":9}')),
    "a half": async (key) => admin.set(key, ((await admin.get(key)) ?? "").slice(0, -3)),
    "the answer to somebody else": async (key, other) =>
      admin.set(key, (await admin.get(other)) ?? ""),
  };
  for (const [name, make] of Object.entries(spoil)) {
    test(name, async () => {
      const { compute, count } = counted();
      await one!.cache.read(what("mine", "a"), compute);
      const [key = ""] = await entries();
      await one!.cache.read(what("yours", "a"), async () => ({ n: 5 }));
      const other = (await entries()).find((each) => each !== key) ?? "";
      await make(key, other);
      expect((await two!.cache.read(what("mine", "a"), compute)).text).toBe('{"n":2}');
      expect(count()).toBe(2);
    });
  }

  test("an answer signed with another secret is not read, and not spoilt", async () => {
    const stranger = await openPod({
      authSecret: new Secret("another secret altogether, of 32 or"),
    });
    await one!.cache.read(what("x", "a"), async () => ({ n: 1 }));
    const theirs = await stranger.cache.read(what("x", "a"), async () => ({ n: 2 }));
    expect(theirs.text).toBe('{"n":2}');
    expect((await two!.cache.read(what("x", "a"), async () => ({ n: 3 }))).text).toBe('{"n":1}');
  });

  test("an answer that is not of its shape is a bug, never kept", async () => {
    const wrong = () => Promise.resolve({ n: "1", secret: "x" });
    await expect(one!.cache.read(what("wrong"), wrong)).rejects.toThrow("not of its shape");
    expect(await entries()).toEqual([]);
  });
});

describe("bounds", () => {
  test("entries end, at different times, before their longest age", async () => {
    for (let n = 0; n < 30; n++) await one!.cache.read(what(`n${n}`), async () => ({ n }));
    const left = await Promise.all((await entries()).map((key) => admin.pttl(key)));
    expect(left).toHaveLength(30);
    for (const ms of left) {
      expect(ms).toBeGreaterThan(40_000);
      expect(ms).toBeLessThanOrEqual(60_000);
    }
    expect(Math.max(...left) - Math.min(...left)).toBeGreaterThan(3_000);
    for (const key of await admin.keys("*")) expect(await admin.pttl(key)).toBeGreaterThan(0);
  });

  test("a large answer is given and not kept", async () => {
    const large = async () => ({ n: 1, text: "x".repeat(entryLengthMax) });
    expect((await one!.cache.read(what("large"), large)).text).toHaveLength(entryLengthMax + 17);
    expect(await entries()).toEqual([]);
  });
});

describe("when Redis", () => {
  const faults: Record<string, { make(): Promise<void> | void; undo(): Promise<void> | void }> = {
    "is killed": { make: () => server.kill(), undo: () => server.start() },
    stalls: { make: () => server.stall(), undo: () => server.resume() },
    "is full": { make: () => server.fill(), undo: () => server.kill().then(server.start) },
    "was flushed": { make: () => server.flush(), undo: () => {} },
  };
  for (const [name, { make, undo }] of Object.entries(faults)) {
    test(`${name} reads go on, and a change meanwhile is never read past`, async () => {
      await one!.cache.read(what("x", "a"), async () => ({ n: 1 }));
      await make();
      try {
        const spent: number[] = [];
        const timed = async (n: number) => {
          const begun = performance.now();
          const { text } = await one!.cache.read(what("x", "a"), async () => ({ n }));
          spent.push(performance.now() - begun);
          return text;
        };
        await one!.cache.forget(["a"]);
        for (let n = 2; n < 12; n++) {
          const text = await timed(n);
          expect(text).not.toBe('{"n":1}');
        }
        console.log(`Redis ${name}: a read took ${Math.max(...spent).toFixed(1)} ms at most`);
        expect(spent.toSorted((a, b) => a - b)[5]).toBeLessThan(10);
        expect(Math.max(...spent)).toBeLessThan(500);
      } finally {
        await undo();
      }
      // It is told what it missed before anything is read from it.
      await until("it is used again", async () => {
        const { text } = await one!.cache.read(what("x", "a"), async () => ({ n: 99 }));
        expect(text).not.toBe('{"n":1}');
        await one!.cache.read(what("y", "b"), async () => ({ n: 1 }));
        return (await resultsOf(one!))["hit"] !== undefined;
      });
      const { text } = await one!.cache.read(what("x", "a"), async () => ({ n: 100 }));
      expect(text).not.toBe('{"n":1}');
    }, 30_000);
  }
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Secret } from "#platform/config.ts";
import { Limiter } from "#platform/http/limiter.ts";
import { silentLog } from "#platform/log.ts";
import { openRedis, type Redis } from "#platform/redis.ts";
import { startTestRedis, type TestRedis } from "../../../test/harness/redis.ts";

let server: TestRedis;
const clients: Redis[] = [];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await server.close();
});

async function connected(): Promise<Redis> {
  const client = openRedis(new Secret(server.url), silentLog);
  clients.push(client);
  await client.connect();
  return client;
}

let names = 0;
const freshName = () => `test-${names++}`;

/** Asks until nothing is left, and says how much there was. */
async function spend(ask: () => Promise<{ readonly isSpent: boolean }>): Promise<number> {
  for (let count = 0; ; count++) {
    if ((await ask()).isSpent) return count;
    if (count > 1_000) throw new Error("there is no limit");
  }
}

describe("pods that share a Redis", () => {
  test("share a strict limit to the last try", async () => {
    const shared = { name: freshName(), perMinute: 10, podsMax: 2 };
    const [one, two] = [await connected(), await connected()].map(
      (redis) => new Limiter({ ...shared, redis }),
    );
    const tries = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? one : two));
    const answers = await Promise.all(tries.map((each) => each!.ask("a")));
    expect(answers.filter(({ isSpent }) => !isSpent)).toHaveLength(10);
  });

  test("share a general limit as soon as they have told each other", async () => {
    const shared = { name: freshName(), perMinute: 10, podsMax: 2 };
    const [one, two] = [await connected(), await connected()].map(
      (redis) => new Limiter({ ...shared, redis }),
    );
    expect(await spend(async () => one!.take("a"))).toBe(10);
    while ((await server.keys()).every((key) => !key.includes(shared.name))) await Bun.sleep(5);
    let passed = 0;
    while (!two!.take("a").isSpent) {
      passed += 1;
      await Bun.sleep(5);
    }
    expect(passed).toBeLessThan(10);
    expect(two!.take("b").isSpent).toBe(false);
  });
});

describe("when Redis", () => {
  const limiterOn = async () =>
    new Limiter({ name: freshName(), perMinute: 20, podsMax: 4, redis: await connected() });
  const ask = (limiter: Limiter, key: string) => spend(() => limiter.ask(key));

  test("is full, memory counts this pod's share", async () => {
    const full = await startTestRedis();
    const client = openRedis(new Secret(full.url), silentLog);
    await client.connect();
    await full.fill();
    const limiter = new Limiter({ name: freshName(), perMinute: 20, podsMax: 4, redis: client });
    expect(await ask(limiter, "a")).toBe(5);
    client.disconnect();
    await full.close();
  });

  test("forgets everything, this pod still remembers its own", async () => {
    const limiter = await limiterOn();
    for (let count = 0; count < 15; count++) expect((await limiter.ask("a")).isSpent).toBe(false);
    await server.flush();
    expect(await ask(limiter, "a")).toBe(5);
  });

  test("stalls, nobody waits longer than a moment and the share holds", async () => {
    const limiter = await limiterOn();
    await limiter.ask("warm");
    server.stall();
    try {
      const begun = performance.now();
      for (let count = 0; count < 1_000; count++) limiter.take("a");
      expect(performance.now() - begun).toBeLessThan(50);
      const asked = performance.now();
      expect(await ask(limiter, "b")).toBe(5);
      expect(performance.now() - asked).toBeLessThan(3_000);
    } finally {
      server.resume();
    }
  });

  test("is killed, memory counts this pod's share; when it is back it counts again", async () => {
    const limiter = await limiterOn();
    await limiter.ask("warm");
    await server.kill();
    expect(await ask(limiter, "a")).toBe(5);
    await server.start();
    const isCounted = async () => {
      await limiter.ask("back");
      return (await server.keys()).length > 0;
    };
    // Asked until it is so, however slow the machine; the test's own time limit ends it.
    while (!(await isCounted())) await Bun.sleep(20);
    expect(await server.keys()).toContainEqual(expect.stringContaining("back"));
  });
});

describe("without Redis", () => {
  test("a pod has its share, and never less than one", async () => {
    for (const [podsMax, share] of [
      [1, 20],
      [3, 6],
      [100, 1],
    ] as const) {
      const limiter = new Limiter({ name: "a", perMinute: 20, podsMax, redis: undefined });
      expect(await spend(async () => limiter.take("a"))).toBe(share);
      expect(await spend(() => limiter.ask("b"))).toBe(share);
    }
  });

  test("many addresses do not fill the memory; the oldest make room", async () => {
    const shared = { name: "a", perMinute: 5, podsMax: 1, redis: undefined, keysMax: 1_000 };
    const limiter = new Limiter(shared);
    limiter.take("first");
    Bun.gc(true);
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 300_000; count++) {
      limiter.take(`address ${count}`);
      if (count % 1_000 === 0) await limiter.ask(`asked ${count}`);
      if (count % 20_000 === 0) await Bun.sleep(30);
    }
    Bun.gc(true);
    expect((process.memoryUsage().heapUsed - before) / 1_048_576).toBeLessThan(30);
    expect(limiter.take("first").remaining).toBe(4);
  });
});

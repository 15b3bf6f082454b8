import { describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { createCache } from "./cache.ts";
import { MemoryShelf } from "./cache-memory.ts";
import type { Place } from "./cache-shelf.ts";
import { Secret } from "./config.ts";
import { createTelemetry } from "./telemetry.ts";

const config = { authSecret: new Secret("a secret of this test, and of no other") };
const shape = Type.Object({ n: Type.Integer() });
const times = { ttlSeconds: 60, aloneSeconds: 60 };
const what = (key: string, ...tags: string[]) => ({ cache: "test", key, tags, shape, ...times });

function counted() {
  let count = 0;
  return { count: () => count, compute: async () => ({ n: ++count }) };
}

describe("without Redis", () => {
  const alone = () => createCache({ config, telemetry: createTelemetry() });

  test("a process keeps answers, computes once for many, and forgets", async () => {
    const cache = alone();
    const { compute, count } = counted();
    const asking = Array.from({ length: 100 }, () => cache.read(what("x", "a"), compute));
    expect((await Promise.all(asking)).every(({ text }) => text === '{"n":1}')).toBe(true);
    await cache.read(what("x", "a"), compute);
    expect(count()).toBe(1);
    await cache.forget(["b"]);
    await cache.read(what("x", "a"), compute);
    expect(count()).toBe(1);
    await cache.forget(["a"]);
    await cache.read(what("x", "a"), compute);
    expect(count()).toBe(2);
  });

  test("what must not be kept alone is computed each time", async () => {
    const cache = alone();
    const { compute, count } = counted();
    for (let n = 0; n < 3; n++) await cache.read({ ...what("x"), aloneSeconds: 0 }, compute);
    expect(count()).toBe(3);
  });

  test("its memory is bounded, and what was read longest ago makes room", async () => {
    const shelf = new MemoryShelf({ entriesMax: 10, lengthMax: 5_000 });
    const place = (key: string): Place => ({ key, tags: [], ttlMs: 60_000, aloneMs: 60_000 });
    const keep = (key: string, length: number) =>
      shelf.share(place(key), "0", async () => ({ text: "x".repeat(length), etag: '""' }));
    for (let n = 0; n < 100; n++) {
      await keep(`n${n}`, 10);
      if (n > 0) shelf.look(place("n0"));
    }
    expect(shelf.size.entries).toBe(10);
    expect(shelf.look(place("n0")).kept).toBeDefined();
    expect(shelf.look(place("n50")).kept).toBeUndefined();
    await keep("half", 4_950);
    await keep("too large", 5_001);
    expect(shelf.size.length).toBeLessThanOrEqual(5_000);
    expect(shelf.look(place("half")).kept).toBeDefined();
    expect(shelf.look(place("too large")).kept).toBeUndefined();
  });
});

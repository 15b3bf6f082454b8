import type { TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";
import { digestOf, EntrySeal, type Kept, keptOf } from "./cache-entry.ts";
import { MemoryShelf, type MemoryShelfOptions } from "./cache-memory.ts";
import { RedisShelf } from "./cache-redis.ts";
import { everything, type Look, type Place, type Shared, type Shelf } from "./cache-shelf.ts";
import type { AppConfig } from "./config.ts";
import { AppError } from "./errors.ts";
import type { Redis } from "./redis.ts";
import type { Telemetry } from "./telemetry.ts";
import type { CacheResult } from "./telemetry-watch.ts";

export type { Kept };

export interface CacheRead {
  /** A label of metrics: one of few. */
  readonly cache: string;
  /** All that the answer depends on beside the books: the query, and what its asker may see. */
  readonly key: unknown;
  readonly tags: readonly string[];
  /** Seconds that an answer may be old, if everything that tells of changes fails. */
  readonly ttlSeconds: number;
  /** The same without Redis, where other processes cannot tell of changes. */
  readonly aloneSeconds: number;
  readonly shape: TSchema;
}

/**
 * Answers that are dear to compute, for reading only: whatever decides reads the books. Nothing fails
 * because of it.
 */
export interface Cache {
  /** What is kept, or what `compute` makes: once, however many ask at the same time. */
  read(what: CacheRead, compute: () => Promise<unknown>): Promise<Kept>;
  /**
   * After a change is committed: whoever asks this process from now on does not get what was before,
   * nor do others if Redis can be told.
   */
  forget(tags: readonly string[]): Promise<void>;
  /** Runs a command and forgets, unless it was refused. */
  changing<T>(tags: readonly string[], command: () => Promise<T>): Promise<T>;
}

interface Parts {
  readonly config: Pick<AppConfig, "authSecret">;
  readonly redis?: Redis | undefined;
  readonly telemetry: Telemetry;
  readonly memory?: MemoryShelfOptions;
}

/** In Redis, or without it in this process. */
export function createCache({ config, redis, telemetry, memory }: Parts): Cache {
  const secret = config.authSecret.reveal();
  const failures = telemetry.counter("cache_errors", "Times that Redis did not serve the cache");
  const shelf: Shelf =
    redis === undefined
      ? new MemoryShelf(memory)
      : new RedisShelf(redis, new EntrySeal(secret), () => failures.inc());
  const flights = new Map<string, Promise<Shared>>();
  // Webs of different secrets cannot read each other's entries, and leave them alone.
  const own = digestOf(`cache ${secret}`).slice(0, 8);
  let changes = 0;

  async function forget(tags: readonly string[]): Promise<void> {
    changes += 1;
    await shelf.forget(tags);
  }

  /** Joins whoever computes the same of the same state; else computes. */
  function share(place: Place, versions: string | undefined, compute: () => Promise<Kept>) {
    const flight = `${place.key} ${changes} ${versions}`;
    const running = flights.get(flight);
    if (running !== undefined) return running.then(({ kept }) => ({ kept, isOthers: true }));
    const begun =
      versions === undefined
        ? compute().then((kept) => ({ kept, isOthers: false }))
        : shelf.share(place, versions, compute);
    const ending = begun.finally(() => flights.delete(flight));
    flights.set(flight, ending);
    return ending;
  }

  return {
    async read({ cache, key, tags, ttlSeconds, aloneSeconds, shape }, compute) {
      const place = {
        key: `${cache}:${own}:${digestOf(JSON.stringify(key))}`,
        tags: [everything, ...tags],
        ttlMs: ttlSeconds * 1_000,
        aloneMs: aloneSeconds * 1_000,
      };
      const look = await shelf.look(place);
      if (look.kept !== undefined) {
        telemetry.countCached(cache, "hit");
        return look.kept;
      }
      const { kept, isOthers } = await share(place, look.versions, async () => {
        const started = performance.now();
        const text = textOf(shape, await compute());
        telemetry.observeComputed(cache, (performance.now() - started) / 1_000);
        return keptOf(text);
      });
      telemetry.countCached(cache, isOthers ? "shared" : resultOf(look));
      return kept;
    },
    forget,
    async changing(tags, command) {
      let isRefused = false;
      try {
        return await command();
      } catch (error) {
        isRefused = error instanceof AppError && error.kind !== "unavailable";
        throw error;
      } finally {
        // A command of which nobody knows whether it was committed counts as if it was.
        if (!isRefused) await forget(tags);
      }
    },
  };
}

function resultOf({ versions, isCorrupt }: Look): CacheResult {
  if (isCorrupt === true) return "corrupt";
  return versions === undefined ? "unkept" : "miss";
}

const checks = new WeakMap<TSchema, TypeCheck<TSchema>>();

/** What is sent as it is kept was never seen by the route's own check of responses. */
function textOf(shape: TSchema, value: unknown): string {
  let check = checks.get(shape);
  if (check === undefined) {
    check = TypeCompiler.Compile(shape);
    checks.set(shape, check);
  }
  if (!check.Check(value)) throw new Error("An answer to keep is not of its shape");
  return JSON.stringify(value);
}

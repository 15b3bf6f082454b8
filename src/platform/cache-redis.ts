import { digestOf, type EntrySeal, type Kept } from "./cache-entry.ts";
import {
  entryLengthMax,
  everything,
  jittered,
  type Look,
  type Place,
  type Shared,
  type Shelf,
} from "./cache-shelf.ts";
import { newId } from "./id.ts";
import { pause } from "./pause.ts";
import type { Redis } from "./redis.ts";

const prefix = "banneton:cache:";
const tagKey = (tag: string) => `${prefix}tag:${tag}`;
const entryKey = (key: string) => `${prefix}entry:${key}`;

const tagSeconds = 86_400;
/** After a failure it is not asked for so long: one request waits for it, not all. */
const restMs = 1_000;
/** How long one process may compute for all, and how long the others wait for it. */
const [lockMs, waitMs] = [10_000, 5_000];
const owedMax = 200;

const release = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end
return 0`;

/**
 * Shared by all processes. A tag's version is a random word; an entry holds those it was computed
 * under, and is a miss under any other. To change a tag is to delete its word, which Redis does also
 * when it is full; the next who reads draws a new one, before the database is read. So a lost word,
 * evicted or flushed, makes misses and never a stale answer.
 */
export class RedisShelf implements Shelf {
  readonly #redis: Redis;
  readonly #seal: EntrySeal;
  readonly #failed: () => void;
  #restUntil = 0;
  /** Changes that Redis has not been told: until it is, nothing is read from it. */
  readonly #owed = new Map<string, number>();
  #owedCount = 0;

  constructor(redis: Redis, seal: EntrySeal, failed: () => void) {
    this.#redis = redis;
    this.#seal = seal;
    this.#failed = failed;
  }

  async look({ key, tags }: Place): Promise<Look> {
    if (!(await this.#pay())) return { versions: undefined };
    const names = tags.map(tagKey);
    const found = await this.#ask((redis) => redis.mget(entryKey(key), ...names));
    if (found === undefined) return { versions: undefined };
    const [entry, ...words] = found;
    const versions = versionsOf(words);
    if (versions === undefined) return { versions: await this.#draw(names) };
    if (entry === null || entry === undefined) return { versions };
    const opened = this.#seal.open({ key, versions }, entry);
    if (opened === "stale") return { versions };
    return opened === "corrupt" ? { versions, isCorrupt: true } : { versions, kept: opened };
  }

  async share(place: Place, versions: string, compute: () => Promise<Kept>): Promise<Shared> {
    const lock = `${prefix}lock:${digestOf(`${place.key} ${versions}`)}`;
    const token = newId();
    const taken = await this.#ask((redis) => redis.set(lock, token, "PX", lockMs, "NX"));
    if (taken === null) {
      const kept = await this.#await(place, versions, lock);
      return kept === undefined
        ? { kept: await compute(), isOthers: false }
        : { kept, isOthers: true };
    }
    try {
      const kept = await compute();
      if (taken === "OK") await this.#keep(place, versions, kept);
      return { kept, isOthers: false };
    } finally {
      if (taken === "OK") await this.#ask((redis) => redis.eval(release, 1, lock, token));
    }
  }

  async forget(tags: readonly string[]): Promise<void> {
    const done = await this.#ask((redis) => redis.del(...tags.map(tagKey)));
    if (done === undefined) this.#owe(tags);
  }

  /** What another process computes; undefined if it does not come. */
  async #await(place: Place, versions: string, lock: string): Promise<Kept | undefined> {
    const until = performance.now() + waitMs;
    while (performance.now() < until) {
      await pause(10 + Math.random() * 20);
      const isHeld = await this.#ask((redis) => redis.exists(lock));
      // The answer is there before the lock is gone.
      const look = await this.look(place);
      if (look.kept !== undefined) return look.kept;
      if (isHeld !== 1 || look.versions !== versions) return undefined;
    }
    return undefined;
  }

  async #keep({ key, tags, ttlMs }: Place, versions: string, kept: Kept): Promise<void> {
    if (kept.text.length > entryLengthMax) return;
    // Something changed meanwhile: it would only take the place of what is computed since.
    const words = await this.#ask((redis) => redis.mget(...tags.map(tagKey)));
    if (words === undefined || versionsOf(words) !== versions) return;
    const entry = this.#seal.close({ key, versions }, kept);
    await this.#ask((redis) => redis.set(entryKey(key), entry, "PX", jittered(ttlMs)));
  }

  /** The words of all tags, new ones for those that have none; of two who draw, one wins. */
  async #draw(names: readonly string[]): Promise<string | undefined> {
    const drawn = await this.#ask((redis) => {
      const line = redis.pipeline();
      for (const name of names) line.set(name, newId(), "EX", tagSeconds, "NX");
      return line.mget(...names).exec();
    });
    const words = drawn?.at(-1)?.[1];
    return Array.isArray(words) ? versionsOf(words) : undefined;
  }

  #owe(tags: readonly string[]): void {
    const owed = this.#owed.size + tags.length > owedMax ? [everything] : tags;
    if (owed !== tags) this.#owed.clear();
    for (const tag of owed) this.#owed.set(tag, ++this.#owedCount);
  }

  /** Tells Redis what it does not know yet; false if it still does not. */
  async #pay(): Promise<boolean> {
    if (this.#owed.size === 0) return true;
    const owed = [...this.#owed];
    const done = await this.#ask((redis) => redis.del(...owed.map(([tag]) => tagKey(tag))));
    if (done === undefined) return false;
    // What was owed again since stays.
    for (const [tag, count] of owed) if (this.#owed.get(tag) === count) this.#owed.delete(tag);
    return this.#owed.size === 0;
  }

  async #ask<T>(work: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (this.#redis.status !== "ready" || performance.now() < this.#restUntil) return undefined;
    try {
      return await work(this.#redis);
    } catch (error) {
      this.#failed();
      // One that answers, if only to say that it is full, is not away.
      const isAnswer = error instanceof Error && error.name === "ReplyError";
      if (!isAnswer) this.#restUntil = performance.now() + restMs;
      return undefined;
    }
  }
}

function versionsOf(words: readonly unknown[]): string | undefined {
  return words.every((word) => typeof word === "string") ? words.join(" ") : undefined;
}

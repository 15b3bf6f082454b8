import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Redis } from "#platform/redis.ts";

export interface LimiterOptions {
  /** Names it in Redis and in the RateLimit headers. */
  readonly name: string;
  readonly perMinute: number;
  /** Pods that may count without seeing each other: each has its share when Redis does not count. */
  readonly podsMax: number;
  readonly redis: Redis | undefined;
  readonly keysMax?: number;
}

/** What is left after one more request of a key. */
export interface Budget {
  readonly limiter: Limiter;
  readonly isSpent: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** A key's minute as this process knows it. */
interface Window {
  /** Requests met here: what a Redis that forgot cannot give back. */
  mine: number;
  /** Of these, not yet told to Redis, or on their way to it. */
  untold: number;
  /** What was left when the store last answered; `untold` is not yet taken from it. */
  left: number;
  endsAt: number;
  isTold: boolean;
}

export const windowSeconds = 60;
const windowMs = windowSeconds * 1_000;
const tellMs = 25;
const keysMaxDefault = 20_000;

/**
 * Requests a minute of one key, shared by all pods through Redis. `take` answers at once from this
 * process' memory, which is compared with Redis in the background; `ask` waits for Redis. Without
 * Redis, or while it is away, each pod counts for itself up to its share.
 */
export class Limiter {
  readonly name: string;
  readonly perMinute: number;
  readonly #store: RateLimiterRedis | RateLimiterMemory;
  readonly #atFirst: number;
  readonly #keysMax: number;
  readonly #windows = new Map<string, Window>();
  readonly #untold = new Map<string, Window>();
  #isTelling = false;

  constructor({ name, perMinute, podsMax, redis, keysMax = keysMaxDefault }: LimiterOptions) {
    this.name = name;
    this.perMinute = perMinute;
    const share = Math.max(1, Math.floor(perMinute / podsMax));
    const shared = { keyPrefix: `banneton:limit:${name}`, duration: windowSeconds };
    const memory = new BoundedMemory({ ...shared, points: share }, keysMax);
    this.#store =
      redis === undefined
        ? memory
        : new RateLimiterRedis({
            ...shared,
            points: perMinute,
            storeClient: redis,
            insuranceLimiter: memory,
          });
    this.#atFirst = redis === undefined ? share : perMinute;
    this.#keysMax = keysMax;
  }

  /** One more request. Never waits: pods may let a few more pass than the limit says. */
  take(key: string): Budget {
    const window = this.#windowOf(key);
    const left = this.#leftOf(window);
    if (left <= 0) return this.#budget(window, true);
    window.mine += 1;
    window.untold += 1;
    this.#untold.set(key, window);
    if (!this.#isTelling) this.#tellSoon();
    return this.#budget(window, false);
  }

  /** One more request, exactly: asks Redis. Throws if neither Redis nor memory can tell. */
  async ask(key: string): Promise<Budget> {
    const window = this.#windowOf(key);
    if (this.#leftOf(window) <= 0) return this.#budget(window, true);
    window.mine += 1;
    window.untold += 1;
    try {
      learn(window, 1, await this.#store.consume(key));
      return this.#budget(window, false);
    } catch (answer) {
      if (!(answer instanceof RateLimiterRes)) throw answer;
      learn(window, 1, answer);
      return this.#budget(window, true);
    }
  }

  #windowOf(key: string): Window {
    const known = this.#windows.get(key);
    const now = performance.now();
    if (known !== undefined && now < known.endsAt) return known;
    this.#windows.delete(key);
    if (this.#windows.size >= this.#keysMax) forgetOldest(this.#windows);
    const endsAt = now + windowMs;
    const window = { mine: 0, untold: 0, left: this.#atFirst, endsAt, isTold: false };
    this.#windows.set(key, window);
    return window;
  }

  #leftOf({ left, untold, mine }: Window): number {
    return Math.min(left - untold, this.perMinute - mine);
  }

  #budget(window: Window, isSpent: boolean): Budget {
    const resetSeconds = Math.max(1, Math.ceil((window.endsAt - performance.now()) / 1_000));
    const remaining = isSpent ? 0 : Math.max(0, this.#leftOf(window));
    return { limiter: this, isSpent, remaining, resetSeconds };
  }

  #tellSoon(): void {
    this.#isTelling = true;
    setTimeout(() => void this.#tell(), tellMs);
  }

  // One message a key, however many requests it made meanwhile, and none before the last is answered.
  async #tell(): Promise<void> {
    const told = [...this.#untold];
    this.#untold.clear();
    await Promise.all(
      told.map(async ([key, window]) => {
        const count = window.untold;
        const answer = await this.#store.penalty(key, count).catch(() => undefined);
        learn(window, count, answer);
      }),
    );
    this.#isTelling = false;
    if (this.#untold.size > 0) this.#tellSoon();
  }
}

function learn(window: Window, count: number, answer: RateLimiterRes | undefined): void {
  window.untold -= count;
  if (answer === undefined) {
    window.left -= count;
    return;
  }
  window.left = answer.remainingPoints;
  // A store that forgot begins another minute; ours goes on to its end.
  if (!window.isTold) window.endsAt = performance.now() + answer.msBeforeNext;
  window.isTold = true;
}

function forgetOldest(keys: Map<string, unknown>): void {
  for (const [oldest] of keys) {
    keys.delete(oldest);
    return;
  }
}

/** The library's memory has no bound: here the oldest key makes room, however many addresses come. */
class BoundedMemory extends RateLimiterMemory {
  readonly #keys = new Map<string, true>();
  readonly #keysMax: number;

  constructor(options: ConstructorParameters<typeof RateLimiterMemory>[0], keysMax: number) {
    super(options);
    this.#keysMax = keysMax;
  }

  override consume(key: string, points?: number): Promise<RateLimiterRes> {
    this.#admit(key);
    return super.consume(key, points);
  }

  override penalty(key: string, points?: number): Promise<RateLimiterRes> {
    this.#admit(key);
    return super.penalty(key, points);
  }

  #admit(key: string): void {
    if (this.#keys.has(key)) return;
    const [oldest] = this.#keys.size >= this.#keysMax ? this.#keys.keys() : [];
    if (oldest !== undefined) {
      this.#keys.delete(oldest);
      void this.delete(oldest);
    }
    this.#keys.set(key, true);
  }
}

import type { App } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { networkOf } from "#platform/http/address.ts";
import type { Exchange } from "#platform/http/exchange.ts";
import { type Budget, Limiter, windowSeconds } from "#platform/http/limiter.ts";
import type { Rank } from "#platform/http/ranks.ts";

/** How often one may ask. Each throws `limits.<name>` (429) when that is too often. */
export interface Limits {
  /** By address. Routes where secrets are guessed wait for Redis, and fail closed. */
  byAddress(exchange: Exchange, rank: Rank): Promise<void> | undefined;
  /** By person, key or till; a guest has none. */
  byActor(exchange: Exchange, rank: Rank): void;
}

// A till must keep selling, though a whole shop stands behind one address: sales have a budget of
// their own that only what is no shop can spend, and what others do never takes from it.
const grossly = 10;

export function createLimits({ config, redis, telemetry }: App): Limits {
  const { podsMax, actorPerMinute, addressPerMinute, signInPerMinute } = config.limits;
  const limiter = (name: string, perMinute: number) =>
    new Limiter({ name, perMinute, podsMax, redis });
  const actors = limiter("actor", actorPerMinute);
  const addresses = limiter("address", addressPerMinute);
  const sellers = limiter("sales-actor", actorPerMinute * grossly);
  const shops = limiter("sales-address", addressPerMinute * grossly);
  const guesses = limiter("sign-in", signInPerMinute);

  function count(exchange: Exchange, budget: Budget): void {
    exchange.budgets.push(budget);
    if (!budget.isSpent) return;
    telemetry.counter("limited", "Requests refused by a limit").inc();
    throw limited(budget);
  }

  return {
    byAddress(exchange, { gate, isGuessed }) {
      // All who come from nowhere share one budget.
      const network = networkOf(exchange.address ?? "unknown");
      count(exchange, (gate === "sale" ? shops : addresses).take(network));
      return isGuessed ? guess(exchange, network) : undefined;
    },
    byActor(exchange, { gate }) {
      const { kind, scope } = exchange.actor;
      if (kind === "guest") return;
      count(exchange, (gate === "sale" ? sellers : actors).take(scope));
    },
  };

  async function guess(exchange: Exchange, network: string): Promise<void> {
    count(exchange, await guesses.ask(network).catch(unknown));
  }
}

function limited({ limiter, resetSeconds }: Budget): AppError {
  const text = `Too many requests: at most ${limiter.perMinute} a minute. Come back later.`;
  return new AppError("limited", `limits.${limiter.name.replaceAll("-", "_")}`, text, {
    retryAfterSeconds: resetSeconds,
  });
}

function unknown(cause: unknown): never {
  const text = "It cannot be told now how often this was tried. Please try again.";
  throw new AppError("unavailable", "limits.unknown", text, { cause });
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers (structured fields). */
export function setLimitHeaders(headers: Headers, budgets: readonly Budget[]): void {
  if (budgets.length === 0) return;
  headers.set("ratelimit-policy", budgets.map(({ limiter }) => policyOf(limiter)).join(", "));
  const left = budgets.map((each) => {
    return `"${each.limiter.name}";r=${each.remaining};t=${each.resetSeconds}`;
  });
  headers.set("ratelimit", left.join(", "));
}

function policyOf({ name, perMinute }: Limiter): string {
  return `"${name}";q=${perMinute};w=${windowSeconds}`;
}

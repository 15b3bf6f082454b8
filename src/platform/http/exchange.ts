import { type Actor, GUEST_ACTOR } from "#platform/context.ts";
import type { Budget } from "#platform/http/limiter.ts";

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
const noTrace = "0".repeat(32);

/** One request on its way: what the handler, the error mapper and the log line share. */
export interface Exchange {
  readonly traceId: string;
  /** Who asks; a guest until the gateway has looked at the credentials. */
  actor: Actor;
  /** The client's address as the trusted proxies tell it. */
  address: string | undefined;
  /** The limits that this request counts against, for the headers of its answer. */
  readonly budgets: Budget[];
  /** The pattern of the matched route; a fixed word when none matched, so labels stay few. */
  route: string;
  /** The code of the problem answered, if any. */
  code: string | undefined;
}

// Elysia gives hooks and handlers the request, but nothing the caller of `fetch` can hand in.
const exchanges = new WeakMap<Request, Exchange>();

/** `traceId` is that of the trace which is made of it, if one is. */
export function openExchange(request: Request, traceId?: string): Exchange {
  const exchange: Exchange = {
    traceId: traceId ?? traceIdOf(request.headers.get("traceparent")),
    actor: GUEST_ACTOR,
    address: undefined,
    budgets: [],
    route: "unmatched",
    code: undefined,
  };
  exchanges.set(request, exchange);
  return exchange;
}

/** A request that is made for another one has its trace, and tells it the route. */
export function shareExchange(request: Request, made: Request): void {
  exchanges.set(made, exchangeOf(request));
}

export function exchangeOf(request: Request): Exchange {
  return exchanges.get(request) ?? openExchange(request);
}

/** W3C Trace Context: the caller's trace if it is well formed, else a new one. */
function traceIdOf(header: string | null): string {
  if (header !== null) {
    const id = header.startsWith("ff") ? undefined : traceparent.exec(header)?.[1];
    if (id !== undefined && id !== noTrace) return id;
  }
  return crypto.randomUUID().replaceAll("-", "");
}

import type { AppConfig } from "#platform/config.ts";
import { HttpProblem } from "#platform/http/problem.ts";

/** What a browser may do here on behalf of other sites: nothing, but for exact configured origins. */
export interface BrowserGuard {
  /** Refuses what another site makes a browser send; `http.cross_site` (403). */
  check(request: Request): void;
  /** A configured origin that asks beforehand whether it may. */
  isPreflight(request: Request): boolean;
  /** CORS, for configured origins only; never with cookies. */
  setHeaders(request: Request, headers: Headers): void;
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);
const preflightSeconds = "600";
const methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
const sent = [
  "accept",
  "authorization",
  "content-type",
  "idempotency-key",
  "if-match",
  "traceparent",
].join(", ");
const shown = [
  "content-disposition",
  "etag",
  "idempotency-replayed",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
].join(", ");

export function browserGuard(config: Pick<AppConfig, "publicUrl" | "corsOrigins">): BrowserGuard {
  const own = new URL(config.publicUrl);
  const foreign = new Set(config.corsOrigins);

  // Browsers name the origin of every unsafe request, other programs do not. A host that is answered
  // at all is allowed, and TLS may end before us: the scheme is the one people use.
  function isOwn(origin: string, request: Request): boolean {
    if (origin === own.origin) return true;
    const host = request.headers.get("host") ?? new URL(request.url).host;
    const asked = `${own.protocol}//${host}`;
    return URL.canParse(asked) && new URL(asked).origin === origin;
  }

  function isCrossSite(request: Request): boolean {
    const { headers } = request;
    const origin = headers.get("origin");
    const hasCookie = headers.has("cookie");
    if (origin !== null && !isOwn(origin, request)) return hasCookie || !foreign.has(origin);
    if (headers.has("authorization") && !hasCookie) return false;
    const site = headers.get("sec-fetch-site");
    if (site === null || site === "same-origin") return false;
    // Typed, or a form sent again: no other site had a hand in it.
    if (site === "none") return headers.get("sec-fetch-mode") !== "navigate";
    return origin === null || hasCookie || !foreign.has(origin);
  }

  return {
    check(request) {
      if (safeMethods.has(request.method) || !isCrossSite(request)) return;
      const text = "Another site may not do this in your name.";
      throw new HttpProblem(403, "http.cross_site", text);
    },
    isPreflight: ({ method, headers }) =>
      method === "OPTIONS" &&
      headers.has("access-control-request-method") &&
      foreign.has(headers.get("origin") ?? ""),
    setHeaders({ method, headers: asked }, headers) {
      if (foreign.size === 0) return;
      headers.append("vary", "Origin");
      const origin = asked.get("origin");
      if (origin === null || !foreign.has(origin)) return;
      headers.set("access-control-allow-origin", origin);
      if (method !== "OPTIONS") return headers.set("access-control-expose-headers", shown);
      headers.set("access-control-allow-methods", methods);
      headers.set("access-control-allow-headers", sent);
      headers.set("access-control-max-age", preflightSeconds);
    },
  };
}

import { type AnyElysia, Elysia, NotFoundError } from "elysia";
import type { Actor, App } from "#platform/context.ts";
import { clientAddress } from "#platform/http/address.ts";
import { createAdmission, type Route } from "#platform/http/admission.ts";
import { browserGuard } from "#platform/http/browser.ts";
import { isUnexpected, toProblem } from "#platform/http/errors.ts";
import { type Exchange, exchangeOf, openExchange } from "#platform/http/exchange.ts";
import { headerHook } from "#platform/http/headers.ts";
import { setLimitHeaders } from "#platform/http/limits.ts";
import type { ListStream } from "#platform/http/list-stream.ts";
import { isDatabaseOverloaded, problemResponse } from "#platform/http/problem.ts";
import type { RankTable } from "#platform/http/ranks.ts";
import { apiPrefix } from "#platform/http/replies.ts";
import { fallback, pathOf } from "#platform/http/routing.ts";

/** The root instance: all options and hooks of Elysia that hold for the whole web. */
export function rootInstance(app: App) {
  return new Elysia({
    name: "root",
    normalize: false,
    strictPath: true,
    // With a short Host header Elysia's default reads the path from the wrong place.
    handler: { standardHostname: false },
  })
    .onTransform({ as: "global" }, ({ request, route }) => {
      exchangeOf(request).route = route;
    })
    .onError({ as: "global" }, ({ error, request, route, set }) => {
      // No route: the gateway knows whether that is a 404, a 405 or OPTIONS.
      if (error instanceof NotFoundError) return new Response(null, { status: 404 });
      const exchange = exchangeOf(request);
      // A body is parsed before the hook above.
      exchange.route = route;
      const response = failed(app, exchange, request, error);
      set.headers = {};
      set.status = response.status;
      return response;
    });
}

interface GatewayOptions {
  readonly isDraining: () => boolean;
  /** Who asks, by the credentials sent; throws for those that are not, or no longer, good. */
  readonly authenticate: (request: Request) => Promise<Actor>;
  readonly listStream: ListStream;
  readonly ranks: RankTable;
}

export interface Gateway {
  /** `peer` is the address at the other end of the socket. */
  fetch(request: Request, peer?: string): Promise<Response>;
  inFlight(): number;
}

/** What surrounds every request: trace, the doors, the last catch, headers, metrics, the log line. */
export function createGateway(app: App, routes: AnyElysia, options: GatewayOptions): Gateway {
  const admit = createAdmission(app, { ...options, route: routerOf(routes) });
  const browser = browserGuard(app.config);
  const setSafetyHeaders = headerHook(app.config);
  let inFlight = 0;

  async function answer(request: Request, exchange: Exchange): Promise<Response> {
    let response: Response;
    try {
      response = await admit(request, exchange);
    } catch (error) {
      response = failed(app, exchange, request, error);
    }
    const { headers } = response;
    setSafetyHeaders(headers);
    browser.setHeaders(request, headers);
    if (pathOf(request.url).startsWith(apiPrefix)) setLimitHeaders(headers, exchange.budgets);
    if (options.isDraining()) headers.set("connection", "close");
    return response;
  }

  return {
    inFlight: () => inFlight,
    async fetch(request, peer) {
      const started = performance.now();
      const asked = request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;
      const span = app.tracing?.openRequest(asked.headers.get("traceparent"));
      const exchange = openExchange(asked, span?.traceId);
      exchange.address = clientAddress(asked, peer, app.config.trustedProxies);
      inFlight += 1;
      let response = await (span?.run(() => answer(asked, exchange)) ?? answer(asked, exchange));
      inFlight -= 1;
      if (asked !== request) response = await headOf(response);
      const method = methods.has(request.method) ? request.method : "OTHER";
      span?.end(method, exchange.route, response.status);
      record(app, exchange, method, response.status, performance.now() - started);
      return response;
    },
  };
}

/** The same without its body, which gives its place back. */
async function headOf(response: Response): Promise<Response> {
  const head = new Response(null, response);
  await response.body?.cancel();
  return head;
}

/** Elysia's router, and what it does not know: OPTIONS, 405 and 404. */
function routerOf(routes: AnyElysia): Route {
  const otherwise = fallback(routes.routes);
  return async (request, exchange, stream) => {
    const response = await (stream?.() ?? routes.fetch(request));
    if (exchange.route !== "unmatched" || response.status !== 404) return response;
    const other = otherwise(request.method, pathOf(request.url));
    if (other instanceof Response) return other;
    throw other;
  };
}

function failed(app: App, exchange: Exchange, request: Request, error: unknown): Response {
  const problem = toProblem(error);
  exchange.code = problem.code;
  const { traceId } = exchange;
  const { code } = problem;
  if (isUnexpected(error)) app.log.error("Request failed", error, { traceId, code });
  // One short line each: a database that is away fails thousands of requests a second.
  if (isDatabaseOverloaded(error)) app.log.warn("The database cannot answer", { traceId, code });
  return problemResponse(problem, { path: pathOf(request.url), traceId });
}

function record(app: App, exchange: Exchange, method: string, status: number, ms: number): void {
  app.telemetry.observeRequest(method, exchange.route, status, ms / 1000);
  if (!app.log.enabled("info")) return;
  app.log.info("Request", {
    traceId: exchange.traceId,
    method,
    route: exchange.route,
    status,
    durationMs: Math.round(ms * 1000) / 1000,
    ...(exchange.code === undefined ? {} : { code: exchange.code }),
  });
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

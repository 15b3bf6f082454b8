import { type AnyElysia, Elysia, NotFoundError } from "elysia";
import type { Actor, App } from "#platform/context.ts";
import { isUnexpected, toProblem } from "#platform/http/errors.ts";
import { type Exchange, exchangeOf, openExchange } from "#platform/http/exchange.ts";
import { healthPaths } from "#platform/http/health.ts";
import type { ListStream } from "#platform/http/list-stream.ts";
import { HttpProblem, isDatabaseOverloaded, problemResponse } from "#platform/http/problem.ts";
import { fallback, hostTest, pathOf } from "#platform/http/routing.ts";

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
  readonly hosts: readonly string[];
  readonly isDraining: () => boolean;
  /** Who asks, by the credentials sent; throws for those that are not, or no longer, good. */
  readonly authenticate: (request: Request) => Promise<Actor>;
  readonly listStream: ListStream;
}

export interface Gateway {
  fetch(request: Request): Promise<Response>;
  inFlight(): number;
}

/**
 * What surrounds every request: trace, hosts, methods, the last catch, metrics and the log line.
 */
export function createGateway(app: App, routes: AnyElysia, options: GatewayOptions): Gateway {
  const isHostAllowed = hostTest(options.hosts);
  const otherwise = fallback(routes.routes);
  let inFlight = 0;

  async function route(request: Request, exchange: Exchange): Promise<Response> {
    if (!isHostAllowed(request) && !healthPaths.has(pathOf(request.url))) {
      throw new HttpProblem(400, "http.host", "This server does not answer to that Host.");
    }
    exchange.actor = await options.authenticate(request);
    const response = await (options.listStream(request) ?? routes.fetch(request));
    if (exchange.route !== "unmatched" || response.status !== 404) return response;
    const other = otherwise(request.method, pathOf(request.url));
    if (other instanceof Response) return other;
    throw other;
  }

  async function answer(request: Request, exchange: Exchange): Promise<Response> {
    try {
      return await route(request, exchange);
    } catch (error) {
      return failed(app, exchange, request, error);
    }
  }

  return {
    inFlight: () => inFlight,
    async fetch(request) {
      const started = performance.now();
      const asked = request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;
      const exchange = openExchange(asked);
      inFlight += 1;
      let response = await answer(asked, exchange);
      inFlight -= 1;
      if (asked !== request) response = new Response(null, response);
      if (options.isDraining()) response.headers.set("connection", "close");
      record(app, exchange, request.method, response.status, performance.now() - started);
      return response;
    },
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
  const known = methods.has(method) ? method : "OTHER";
  app.telemetry.observeRequest(known, exchange.route, status, ms / 1000);
  if (!app.log.enabled("info")) return;
  app.log.info("Request", {
    traceId: exchange.traceId,
    method: known,
    route: exchange.route,
    status,
    durationMs: Math.round(ms * 1000) / 1000,
    ...(exchange.code === undefined ? {} : { code: exchange.code }),
  });
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

import type { App } from "#platform/context.ts";
import { pause } from "#platform/pause.ts";
import type { Web } from "./app.ts";

/** A listening socket of whatever runtime. */
export interface Listener {
  readonly port: number;
  /** Accepts no more; resolves when those under way are answered. */
  stop(): Promise<void>;
  /** Cuts what is left. */
  close(): Promise<void>;
}

/** `peer` is the address at the other end of the socket. */
export type Fetch = (request: Request, peer?: string) => Promise<Response>;

export type Serve = (
  fetch: Fetch,
  place: { readonly hostname: string; readonly port: number },
) => Listener;

export interface RunningWeb {
  readonly port: number;
  readonly metricsPort: number;
  /** Not ready → wait → accept no more → drain → pools end. Safe to call again. */
  stop(): Promise<void>;
}

/** Opens the public port and the one of /metrics. */
export function startWeb(app: App, web: Web, serve: Serve): RunningWeb {
  const { hostname, port, metricsPort } = app.config;
  // It tells the log itself if it cannot, and tries again.
  void app.redis?.connect().catch(() => {});
  const server = serve(web.fetch, { hostname, port });
  const metrics = serve((request) => metricsResponse(app, request), {
    hostname,
    port: metricsPort,
  });
  let stopping: Promise<void> | undefined;
  return {
    port: server.port,
    metricsPort: metrics.port,
    stop: () => {
      stopping ??= stopGracefully(app, web, server, metrics);
      return stopping;
    },
  };
}

async function stopGracefully(app: App, web: Web, server: Listener, metrics: Listener) {
  const { stopWaitMs, stopGraceMs } = app.config;
  web.drain();
  await pause(stopWaitMs);
  const deadline = performance.now() + stopGraceMs;
  const stopped = server.stop();
  // An idle keep-alive connection may stay open for long: only requests under way count.
  while (web.inFlight() > 0 && performance.now() < deadline) await pause(10);
  await Promise.race([stopped, pause(50)]);
  if (web.inFlight() > 0) app.log.warn("Cut requests under way", { count: web.inFlight() });
  await server.close();
  await metrics.close();
  app.redis?.disconnect();
  await app.tracing?.stop();
  await closeDatabase(app);
}

const goodbyeMs = 1_000;

/** A connection whose other end is silently gone would never say goodbye. */
async function closeDatabase(app: App): Promise<void> {
  const closed = app.db.close().then(() => true);
  if (await Promise.race([closed, pause(goodbyeMs).then(() => false)])) return;
  app.log.warn("Left database connections that do not close");
}

async function metricsResponse(app: App, request: Request): Promise<Response> {
  if (new URL(request.url).pathname !== "/metrics") return new Response(null, { status: 404 });
  const headers = { "content-type": app.telemetry.contentType };
  return new Response(await app.telemetry.print(), { headers });
}

import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import process from "node:process";
import { createCache } from "#platform/cache.ts";
import { ConfigError, parseWebConfig } from "#platform/config.ts";
import type { App } from "#platform/context.ts";
import { openDatabase } from "#platform/db.ts";
import { createLog } from "#platform/log.ts";
import { openRedis } from "#platform/redis.ts";
import { openServices } from "#platform/services.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { openTracing } from "#platform/tracing.ts";
import type { Fetch, Serve } from "./lifecycle.ts";
import { runWeb } from "./run.ts";

const exitConfig = 78;

interface DenoServer {
  readonly addr: { readonly port: number };
  shutdown(): Promise<void>;
}
interface DenoInfo {
  readonly remoteAddr: { readonly hostname?: string };
}
interface DenoRuntime {
  serve(
    options: object,
    handler: (request: Request, info: DenoInfo) => Promise<Response>,
  ): DenoServer;
}

/** Listens on Bun or Deno. */
export const serve: Serve = (fetch, place) => {
  const { Deno: deno } = globalThis as { Deno?: DenoRuntime };
  return deno === undefined ? serveOnBun(fetch, place) : serveOnDeno(deno, fetch, place);
};

// Ours refuses large bodies with a problem document before it reads them; Bun's own limit is a net.
const bunBodyBytesMax = 512 * 1024 * 1024;

const serveOnBun: Serve = (fetch, place) => {
  const idleTimeout = 60;
  const options = { ...place, idleTimeout, maxRequestBodySize: bunBodyBytesMax };
  const server = Bun.serve({
    ...options,
    development: false,
    fetch: (request, own) => fetch(request, own.requestIP(request)?.address),
  });
  return {
    port: server.port ?? place.port,
    stop: () => server.stop(),
    close: () => server.stop(true),
  };
};

function serveOnDeno(deno: DenoRuntime, fetch: Fetch, place: object) {
  const abort = new AbortController();
  const quiet = { onListen: () => {}, signal: abort.signal };
  const answer = (request: Request, { remoteAddr }: DenoInfo) =>
    fetch(request, remoteAddr.hostname);
  const server = deno.serve({ ...place, ...quiet }, answer);
  let isStopped = false;
  return {
    port: server.addr.port,
    stop: async () => {
      await server.shutdown();
      isStopped = true;
    },
    // Aborting a server that has ended throws in Deno.
    close: async () => (isStopped ? undefined : abort.abort()),
  };
}

const flushMs = 20;
const flushBytes = 16_384;

/** Lines leave together, at most 20 ms late: a write for each costs more than the line. */
export function stdoutWriter(): (line: string) => void {
  let lines = "";
  let write = writeNow;
  process.once("exit", flush);
  return (line) => {
    if (lines === "") setTimeout(flush, flushMs);
    lines += line;
    if (lines.length > flushBytes) flush();
  };
  function flush(): void {
    if (lines === "") return;
    const bytes = Buffer.from(lines);
    lines = "";
    const written = write(bytes);
    if (written === bytes.length) return;
    // A pipe that is full, and does not let us wait: from now on the runtime keeps the queue.
    write = (rest) => {
      process.stdout.write(rest);
      return rest.length;
    };
    write(bytes.subarray(written));
  }
}

// The runtime's own stdout costs several times as much a line.
function writeNow(bytes: Buffer): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    const isFull = error instanceof Error && "code" in error && error.code === "EAGAIN";
    // Nobody reads: there is nowhere to say so.
    if (!isFull) return bytes.length;
  }
  return written;
}

/** Builds the app of this process from its environment. */
export function buildApp(env: Readonly<Record<string, string | undefined>>): App {
  const config = parseWebConfig(env);
  const now = () => new Date();
  const { logLevel: level, googleCloudProject: project } = config;
  const service = { service: "banneton-web", version: config.release };
  const tracing =
    config.tracing === undefined ? undefined : openTracing({ ...config.tracing, ...service });
  const log = createLog({ level, project, service, now, write: stdoutWriter() });
  const db = openDatabase(config.database, { log, tracing });
  const { redisUrl } = config;
  const redis = redisUrl === undefined ? undefined : openRedis(redisUrl, log, config.redisCa);
  const telemetry = createTelemetry({ ofProcess: true, version: config.release });
  const cache = createCache({ config, redis, telemetry });
  return {
    config,
    db,
    log,
    telemetry,
    tracing,
    redis,
    cache,
    ...openServices(config, now),
    now,
  };
}

async function main(): Promise<void> {
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
  await runWeb(buildApp(process.env), serve, stopped);
  // Timers of the runtime's metrics would keep the process; the last lines leave before it ends.
  setImmediate(() => process.exit());
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = exitConfig;
  }
}

import { dlopen, FFIType } from "bun:ffi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { createCache } from "#platform/cache.ts";
import { ConfigError, type Environment } from "#platform/config.ts";
import { parseWorkerConfig, secretNames, type WorkerSettings } from "#platform/config-worker.ts";
import { openDatabase } from "#platform/db.ts";
import { createLog } from "#platform/log.ts";
import { openRedis } from "#platform/redis.ts";
import { openServices } from "#platform/services.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { openTracing } from "#platform/tracing.ts";
import { type Parts, partsOf } from "./app.ts";
import { exitCodes, runWorker, type WorkerDoors, workerHelp } from "./run.ts";

const usage = 64;

type PartsOf = (settings: WorkerSettings) => Parts;

/** The whole process: reads its arguments and environment, works, and returns its exit code. */
async function main(parts: PartsOf): Promise<number> {
  const options = { once: { type: "boolean" }, help: { type: "boolean" } } as const;
  let values: { once?: boolean; help?: boolean };
  try {
    values = parseArgs({ args: process.argv.slice(2), options }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n(--help says more)\n`);
    return usage;
  }
  if (values.help === true) {
    process.stdout.write(`Usage: banneton-worker [--once]\n\n${workerHelp}\n`);
    return exitCodes.done;
  }
  try {
    return await work(parts, values.once === true);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodes.config;
  }
}

function work(parts: PartsOf, isOnce: boolean): Promise<number> {
  const { app: config, worker } = parseWorkerConfig(process.env, readCredentials());
  const now = () => new Date();
  const { logLevel: level, googleCloudProject: project } = config;
  const service = { service: "banneton-worker", version: config.release };
  const tracing =
    config.tracing === undefined ? undefined : openTracing({ ...config.tracing, ...service });
  const write = (line: string) => void process.stdout.write(line);
  const log = createLog({ level, project, service, now, write });
  const telemetry = createTelemetry({ ofProcess: true, version: config.release });
  const db = openDatabase(config.database, { log, tracing });
  const doors = { isOnce, stopped: firstSignal(), serve, notify: notifier(), watchdogMs };
  const redis =
    config.redisUrl === undefined ? undefined : openRedis(config.redisUrl, log, config.redisCa);
  const cache = createCache({ config, redis, telemetry });
  const services = openServices(config, now);
  const app = { config, db, log, telemetry, tracing, redis, cache, ...services, now };
  return runWorker(app, worker, parts(worker), doors);
}

/** systemd puts each credential into a file of its own name, which only this process can read. */
function readCredentials(): Environment {
  const folder = process.env["CREDENTIALS_DIRECTORY"];
  if (folder === undefined) return {};
  return Object.fromEntries(secretNames.map((name) => [name, readIfThere(join(folder, name))]));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw new ConfigError([`${path} cannot be read: ${(error as { code?: string }).code}`]);
  }
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => resolve(signal));
  });
}

const serve: WorkerDoors["serve"] = (fetch, { hostname, port }) => {
  const server = Bun.serve({ hostname, port, fetch, development: false });
  return { port: server.port ?? port, stop: () => server.stop(true) };
};

const watchdogMs =
  process.env["WATCHDOG_USEC"] === undefined
    ? undefined
    : Number(process.env["WATCHDOG_USEC"]) / 1_000;

// The protocol is a datagram to a Unix socket, which neither Bun nor Node can send: systemd's own
// library does. Where there is no supervisor there need not be a library.
function notifier(): (state: string) => void {
  if (process.env["NOTIFY_SOCKET"] === undefined) return () => {};
  const library = dlopen("libsystemd.so.0", {
    sd_notify: { args: [FFIType.i32, FFIType.cstring], returns: FFIType.i32 },
  });
  return (state) => {
    library.symbols.sd_notify(0, Buffer.from(`${state}\0`));
  };
}

/** Ends the process when its last lines have left. */
export async function run(parts: PartsOf): Promise<void> {
  const code = await main(parts);
  process.stderr.write("", () => process.stdout.write("", () => process.exit(code)));
}

if (import.meta.main) await run(partsOf);

import process from "node:process";
import { finished } from "node:stream/promises";
import {
  type Request as FrameworkRequest,
  type Response as FrameworkResponse,
  http,
} from "@google-cloud/functions-framework";
import { createCache } from "#platform/cache.ts";
import { ConfigError } from "#platform/config.ts";
import { parseFunctionsConfig } from "#platform/config-functions.ts";
import type { App } from "#platform/context.ts";
import { openDatabase } from "#platform/db.ts";
import type { FunctionName } from "#platform/function-calls.ts";
import { createVerifier, type VerifyIdentity } from "#platform/identity.ts";
import { createLog } from "#platform/log.ts";
import { pause } from "#platform/pause.ts";
import { openServices } from "#platform/services.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { createFunction, functionNames } from "./app.ts";
import type { FunctionDoor } from "./door.ts";

const exitConfig = 78;
// The platform ends an instance 10 s after it has asked.
const stopGraceMs = 8_000;

/** The app of this instance, and who may call its function. Nothing connects yet. */
function build(env: NodeJS.ProcessEnv): { readonly app: App; readonly verify: VerifyIdentity } {
  const { app: config, callers } = parseFunctionsConfig(env);
  const now = () => new Date();
  const { logLevel: level, googleCloudProject: project } = config;
  const write = (line: string) => void process.stdout.write(line);
  const service = { service: "banneton-functions", version: config.release };
  const log = createLog({ level, project, service, now, write });
  const telemetry = createTelemetry();
  const db = openDatabase(config.database, { log });
  const cache = createCache({ config, telemetry });
  const app = { config, db, log, telemetry, cache, ...openServices(config, now), now };
  const folder = config.services.identityFolder;
  return { app, verify: createVerifier({ ...callers, folder }) };
}

function register({ app, verify }: ReturnType<typeof build>): void {
  let underWay = 0;
  for (const name of functionNames) {
    const door = createFunction(app, name, verify);
    http(name, async (request, response) => {
      underWay += 1;
      await answer(door, name, request, response).finally(() => {
        underWay -= 1;
      });
    });
  }
  stopGently(app, () => underWay);
}

async function answer(
  door: FunctionDoor,
  name: FunctionName,
  request: FrameworkRequest,
  response: FrameworkResponse,
): Promise<void> {
  const headers = new Headers();
  for (const [key, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(key, String(value));
  }
  const answered = await door(
    new Request(new URL(`/${name}`, "http://function"), {
      ...methodAndBody(request),
      headers,
    }),
  );
  response.status(answered.status);
  answered.headers.forEach((value, key) => void response.setHeader(key, value));
  response.end(Buffer.from(await answered.arrayBuffer()));
  await finished(response).catch(() => {});
}

// No Request may have these: to the door they are one more method that it refuses.
const noRequestHas = new Set(["CONNECT", "TRACE", "TRACK"]);

function methodAndBody({ method, rawBody }: FrameworkRequest): RequestInit {
  if (noRequestHas.has(method)) return { method: "REFUSED" };
  const hasBody = rawBody !== undefined && method !== "GET" && method !== "HEAD";
  return hasBody ? { method, body: new Uint8Array(rawBody) } : { method };
}

/** On SIGTERM what is under way is finished, the pool closed. */
function stopGently(app: App, underWay: () => number): void {
  // The framework's own listener, which comes later, ends the process in the middle of a request.
  process.on("newListener", (signal, listener) => {
    if (signal !== "SIGTERM" || listener === stop) return;
    queueMicrotask(() => process.removeListener("SIGTERM", listener));
  });
  process.on("SIGTERM", stop);

  async function stop(): Promise<void> {
    app.log.info("Stopping", { signal: "SIGTERM" });
    const deadline = performance.now() + stopGraceMs;
    while (underWay() > 0 && performance.now() < deadline) await pause(10);
    await Promise.race([app.db.close(), pause(1_000)]);
    process.exit();
  }
}

try {
  register(build(process.env));
  // Read by the framework when it begins to listen: otherwise its own refusals show a stack.
  process.env["NODE_ENV"] = "production";
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(exitConfig);
}

import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCache } from "#platform/cache.ts";
import { type AppConfig, parseWebConfig } from "#platform/config.ts";
import type { App } from "#platform/context.ts";
import { openDatabase, type StatementObserver } from "#platform/db.ts";
import { type Log, silentLog } from "#platform/log.ts";
import { openRedis } from "#platform/redis.ts";
import { openServices } from "#platform/services.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { createWeb, type Web } from "../../src/web/app.ts";
import { type TestClient, testClient } from "./client.ts";

export interface TestWeb {
  readonly app: App;
  readonly web: Web;
  readonly client: TestClient;
  close(): Promise<void>;
}

interface TestWebOptions {
  readonly log?: Log;
  readonly now?: () => Date;
  readonly config?: Partial<AppConfig>;
  /** Sees every statement of every transaction after it ran; what it throws fails the transaction. */
  readonly observe?: StatementObserver;
}

/** Tests ask more often than people: limits are what some of them set. */
export const withoutLimits = {
  LIMIT_ACTOR_PER_MINUTE: "1000000000",
  LIMIT_ADDRESS_PER_MINUTE: "1000000000",
  LIMIT_SIGN_IN_PER_MINUTE: "1000000",
} as const;

/** A web in this process on the database of that URL, and a client whose answers are all checked. */
export function openTestWeb(databaseUrl: string, options: TestWebOptions = {}): TestWeb {
  // Made by the first file that is put there.
  const folder = join(tmpdir(), `banneton-files-${randomUUID()}`);
  const storage = { STORAGE_URL: pathToFileURL(folder).href };
  const config = {
    ...parseWebConfig({ DATABASE_URL: databaseUrl, ...storage, ...withoutLimits }),
    ...options.config,
  };
  const log = options.log ?? silentLog;
  const now = options.now ?? (() => new Date());
  const { observe } = options;
  const db = openDatabase(config.database, observe === undefined ? { log } : { log, observe });
  const { redisUrl } = config;
  const redis = redisUrl === undefined ? undefined : openRedis(redisUrl, log);
  const telemetry = createTelemetry();
  const cache = createCache({ config, redis, telemetry });
  const services = openServices(config, now);
  const app = { config, db, log, telemetry, redis, cache, ...services, now };
  const web = createWeb(app);
  const close = async () => {
    redis?.disconnect();
    await db.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { app, web, client: testClient(web), close };
}

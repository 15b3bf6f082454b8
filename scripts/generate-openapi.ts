import { createCache } from "#platform/cache.ts";
import { parseWebConfig } from "#platform/config.ts";
import { openDatabase } from "#platform/db.ts";
import { silentLog } from "#platform/log.ts";
import { openServices } from "#platform/services.ts";
import { createTelemetry } from "#platform/telemetry.ts";
import { createWeb } from "../src/web/app.ts";

/** The text of openapi.json. Nothing connects: only the routes are read. */
export function openapiText(): string {
  const config = parseWebConfig({ DATABASE_URL: "postgres://app@127.0.0.1:1/none" });
  const db = openDatabase(config.database, { log: silentLog });
  const now = () => new Date();
  const telemetry = createTelemetry();
  const cache = createCache({ config, telemetry });
  const services = openServices(config, now);
  const web = createWeb({ config, db, log: silentLog, telemetry, cache, ...services, now });
  return `${JSON.stringify(web.document, null, 2)}\n`;
}

if (import.meta.main) await Bun.write("openapi.json", openapiText());

// Writes .env.example from the environment's schema.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { WebEnvironment } from "../src/platform/config.ts";
import { FunctionsEnvironment } from "../src/platform/config-functions.ts";
import { WorkerEnvironment } from "../src/platform/config-worker.ts";

const own = [
  "# Copy to .env and change; every value shown is the default.",
  "",
  "# Owner of the schema, for migrations only; DATABASE_URL if not given (secret)",
  "# MIGRATE_DATABASE_URL=",
  "",
  "# Port of the functions that start runs beside the web; 0 takes a free one",
  "FUNCTIONS_PORT=3001",
];

/** The text of .env.example. */
export function envText(): string {
  const lines = Object.entries({
    ...WebEnvironment.properties,
    ...WorkerEnvironment.properties,
    ...FunctionsEnvironment.properties,
  }).flatMap(([name, schema]) => [
    "",
    `# ${schema.description}`,
    "default" in schema ? `${name}=${schema.default}` : `# ${name}=`,
  ]);
  return `${[...own, ...lines].join("\n")}\n`;
}

if (import.meta.main) {
  writeFileSync(join(import.meta.dir, "../.env.example"), envText());
  console.log(".env.example written");
}

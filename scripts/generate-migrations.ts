// bun run generate:migrations -- --name add_tills [--custom]
// Diffs the tables.ts files against the last snapshot, then embeds migrations/*.sql in the code.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checksumOf, type Migration } from "../src/platform/migration-files.ts";

const project = join(import.meta.dir, "..");
const folder = join(project, "migrations");
const embedded = join(project, "src/platform/migrations.gen.ts");

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      name: { type: "string", default: "change" },
      custom: { type: "boolean", default: false },
      "embed-only": { type: "boolean", default: false },
    },
  });
  if (!values["embed-only"]) writeMigration(values.name, values.custom);
  const count = embedMigrations();
  console.log(`${count} migrations embedded in src/platform/migrations.gen.ts`);
}

function writeMigration(name: string, isCustom: boolean): void {
  const before = new Set(migrationFiles());
  const tool = join(project, "node_modules/drizzle-kit/bin.cjs");
  const given = ["generate", "--name", name, ...(isCustom ? ["--custom"] : [])];
  const { status } = spawnSync(process.execPath, [tool, ...given], {
    cwd: project,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
  for (const file of migrationFiles()) if (!before.has(file)) soften(join(folder, file));
}

// The runner makes `platform` for its own table before the first migration runs.
function soften(path: string): void {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replaceAll(/^CREATE SCHEMA "/gm, 'CREATE SCHEMA IF NOT EXISTS "'));
}

function embedMigrations(): number {
  writeFileSync(embedded, embeddedText());
  return migrationFiles().length;
}

/** The text of migrations.gen.ts: the folder's files, in the order of their names. */
export function embeddedText(): string {
  const migrations = migrationFiles().map((file): Migration => {
    const sql = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
    return { name: file.slice(0, -".sql".length), checksum: checksumOf(sql), sql };
  });
  const lines = migrations.flatMap(({ name, checksum, sql }) => [
    "  {",
    `    name: ${JSON.stringify(name)},`,
    `    checksum: ${JSON.stringify(checksum)},`,
    `    sql: ${JSON.stringify(sql)},`,
    "  },",
  ]);
  return [
    "// Written by `bun run generate` from migrations/*.sql; a binary carries it and needs no files.",
    'import type { Migration } from "./migration-files.ts";',
    "",
    lines.length === 0
      ? "export const migrations: readonly Migration[] = [];"
      : ["export const migrations: readonly Migration[] = [", ...lines, "];"].join("\n"),
    "",
  ].join("\n");
}

function migrationFiles(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort();
}

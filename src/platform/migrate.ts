import pg from "pg";
import { type Db, statement } from "./db.ts";
import type { Log } from "./log.ts";
import { checksumOf, type Migration } from "./migration-files.ts";
import { migrations as embeddedMigrations } from "./migrations.gen.ts";
import { pause } from "./pause.ts";
import { reachOf } from "./trusted-ca.ts";

/** The group that migrations grant to; each login of the app is a member, so its name is free. */
export const APP_GROUP = "banneton_app";

export interface MigrateOptions {
  readonly log: Log;
  /** The login in DATABASE_URL, made a member of the app's group. */
  readonly appRole?: string | undefined;
  /** DATABASE_CA: whose server it must be. */
  readonly ca?: string | undefined;
  readonly migrations?: readonly Migration[];
  /** Longest wait for a table lock held by the running app; then the migration is tried again. */
  readonly lockTimeoutMs?: number;
  /** Longest wait for another migrator. */
  readonly turnTimeoutMs?: number;
}

/** The schema cannot be brought up to date; the message says why and what to do. */
export class MigrationError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "MigrationError";
  }
}

const advisoryKey = "7018410951341232";
const attemptsMax = 5;
const lockNotAvailable = "55P03";

/**
 * Applies what is missing, one transaction a migration, while other migrators wait their turn.
 * Returns the names applied. Throws MigrationError if an applied migration was changed since.
 */
export async function migrate(ownerUrl: string, options: MigrateOptions): Promise<string[]> {
  const client = new pg.Client({
    ...reachOf(ownerUrl, options.ca),
    application_name: "banneton migrate",
    connectionTimeoutMillis: 10_000,
    options: "-c client_min_messages=warning",
  });
  client.on("error", (error) => options.log.error("The migration lost its connection", error));
  await client.connect();
  try {
    await takeTurn(client, options.turnTimeoutMs ?? 120_000);
    await client.query(`set lock_timeout = ${Math.trunc(options.lockTimeoutMs ?? 5_000)}`);
    await prepare(client);
    const applied = await applyMissing(client, options);
    await admit(client, options.appRole, options.log);
    return applied;
  } finally {
    await client.end();
  }
}

// Held by the session: PostgreSQL lets go of it however this process ends.
async function takeTurn(client: pg.Client, turnTimeoutMs: number): Promise<void> {
  await client.query(`set lock_timeout = ${Math.trunc(turnTimeoutMs)}`);
  try {
    await client.query("select pg_advisory_lock($1::bigint)", [advisoryKey]);
  } catch (error) {
    if (stateOf(error) !== lockNotAvailable) throw error;
    throw new MigrationError("Another migration has been running for too long; try again.", error);
  }
}

async function prepare(client: pg.Client): Promise<void> {
  const found = await client.query("select 1 from pg_roles where rolname = $1", [APP_GROUP]);
  if (found.rowCount === 0) await createGroup(client);
  await client.query(`
    create schema if not exists platform;
    create table if not exists platform.migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default clock_timestamp()
    );
    grant usage on schema platform to ${APP_GROUP};
    grant select on platform.migrations to ${APP_GROUP}`);
}

async function createGroup(client: pg.Client): Promise<void> {
  try {
    await client.query(`create role ${APP_GROUP} nologin`);
  } catch (error) {
    const state = stateOf(error);
    // Roles belong to the server: a migrator of another database may have been quicker.
    if (state === "42710" || state === "23505") return;
    if (state !== "42501") throw error;
    const advice = `As an administrator run: create role ${APP_GROUP} nologin; then migrate again.`;
    throw new MigrationError(`The owner's role may not create roles. ${advice}`, error);
  }
}

async function applyMissing(client: pg.Client, options: MigrateOptions): Promise<string[]> {
  const migrations = options.migrations ?? embeddedMigrations;
  const checksums = await appliedChecksums(client);
  refuseChanged(migrations, checksums);
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...checksums.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    options.log.warn("The database is newer than this version", { count: unknown.length });
  }
  const missing = migrations.filter(({ name }) => !checksums.has(name));
  for (const migration of missing) await apply(client, migration, options.log);
  return missing.map(({ name }) => name);
}

async function appliedChecksums(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    "select name, checksum from platform.migrations order by name",
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function refuseChanged(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): void {
  for (const { name, checksum, sql } of migrations) {
    if (checksum !== checksumOf(sql)) {
      throw new MigrationError(`Migration ${name} is not what was generated: run generate again.`);
    }
    const before = applied.get(name);
    if (before !== undefined && before !== checksum) {
      const advice = "Restore its text; put the change in a new migration.";
      throw new MigrationError(`Migration ${name} was changed after it was applied. ${advice}`);
    }
  }
}

async function apply(client: pg.Client, migration: Migration, log: Log): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query("begin");
      await client.query(migration.sql);
      await client.query("insert into platform.migrations (name, checksum) values ($1, $2)", [
        migration.name,
        migration.checksum,
      ]);
      await client.query("commit");
      log.info("Applied a migration", { name: migration.name });
      return;
    } catch (error) {
      await client.query("rollback").catch(() => {});
      if (stateOf(error) !== lockNotAvailable || attempt === attemptsMax) {
        throw new MigrationError(`Migration ${migration.name} failed: ${reasonOf(error)}`, error);
      }
      log.warn("A migration waits for a lock", { name: migration.name, attempt });
      await pause(500 * attempt);
    }
  }
}

async function admit(client: pg.Client, appRole: string | undefined, log: Log): Promise<void> {
  if (appRole === undefined) return;
  const { rows } = await client.query<{ wanting: boolean }>(
    `select rolname <> current_user and not pg_has_role(rolname, $2, 'member') as wanting
     from pg_roles where rolname = $1`,
    [appRole, APP_GROUP],
  );
  if (rows[0]?.wanting !== true) return;
  try {
    await client.query(`grant ${APP_GROUP} to ${client.escapeIdentifier(appRole)}`);
  } catch (error) {
    if (stateOf(error) !== "42501") throw error;
    const advice = `grant ${APP_GROUP} to ${client.escapeIdentifier(appRole)}`;
    log.warn("The app's role is not in its group; as an administrator run the reason's SQL", {
      reason: advice,
    });
  }
}

const appliedNames = statement(
  "platform_migrations_applied",
  "select name from platform.migrations order by name limit 10000",
);

/** Names this version needs and the database lacks: empty means the schema is current. */
export async function pendingMigrations(
  db: Pick<Db, "run">,
  migrations: readonly Migration[] = embeddedMigrations,
): Promise<string[]> {
  const rows = await db.run<{ name: string }>(appliedNames);
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

function stateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ServerUser } from "./embedded-postgres-binaries.ts";
import { type Binaries, childEnvironment, idsOf } from "./embedded-postgres-binaries.ts";
import { isAlive } from "./embedded-postgres-postmaster.ts";
import type { Secrets } from "./embedded-postgres-roles.ts";

/** The embedded server cannot be used; the message holds the steps. */
export class EmbeddedPostgresError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = "EmbeddedPostgresError";
    this.exitCode = exitCode;
  }
}

const majorVersion = "17";
export const databaseName = "banneton";

/** A server reads only the folders of its own major version; another one needs a dump. */
export function refuseOtherVersion(folder: string, data: string): void {
  const file = join(data, "PG_VERSION");
  if (!existsSync(file)) return;
  const version = readFileSync(file, "utf8").trim();
  if (version === majorVersion) return;
  const cluster = join(folder, "postgres");
  const archive = join(folder, `postgres-${version}`);
  throw new EmbeddedPostgresError(
    [
      `${data} was written by PostgreSQL ${version}; this Banneton runs PostgreSQL ${majorVersion}.`,
      "Nothing was changed. To go on:",
      `1. Archive the folder:    mv ${cluster} ${archive}`,
      `2. Start PostgreSQL ${version} (its own package) on the archive, on another port:`,
      `     postgres -D ${join(archive, "data")} -p 5499 -k /tmp`,
      `   The password of banneton_admin is in ${join(archive, "secrets.json")}.`,
      "3. Dump the database:",
      `     pg_dump -h 127.0.0.1 -p 5499 -U banneton_admin -Fc -f banneton.dump ${databaseName}`,
      `4. Stop it, and run Banneton once (\`banneton migrate\`): it makes a new, empty ${cluster}.`,
      "5. Start Banneton's server on its own (`banneton database`) and restore into what it prints:",
      `     pg_restore --clean --if-exists -d <the owner's address> banneton.dump`,
      "6. Start Banneton, and run `banneton verify`.",
    ].join("\n"),
    78,
  );
}

/**
 * All or nothing: a start killed halfway leaves a folder of another name, which the next one
 * removes.
 */
export function initialise(
  folder: string,
  cluster: string,
  binaries: Binaries,
  user: ServerUser | undefined,
): void {
  removeUnfinished(folder);
  const fresh = join(folder, `${unfinished}${process.pid}`);
  const data = join(fresh, "data");
  mkdirSync(data, { recursive: true });
  chmodSync(fresh, 0o711);
  chmodSync(data, 0o700);
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  const secrets: Secrets = { admin: password(), owner: password(), app: password() };
  writeSecrets(fresh, secrets);
  runInitdb(data, binaries, user, secrets.admin);
  try {
    renameSync(fresh, cluster);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(cluster)) throw error;
  }
}

const unfinished = "postgres.new-";

function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(unfinished)) continue;
    const pid = Number(name.slice(unfinished.length));
    if (pid === process.pid || !isAlive(pid)) rmSync(join(folder, name), { recursive: true });
  }
}

function password(): string {
  return randomBytes(24).toString("base64url");
}

function runInitdb(
  data: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  adminPassword: string,
): void {
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const access = ["-U", "banneton_admin", "--auth=scram-sha-256", "--pwfile=/dev/stdin"];
  const form = ["--encoding=UTF8", "--data-checksums", "--no-instructions"];
  const done = spawnSync(binaries.initdb, ["-D", data, ...access, ...locale, ...form], {
    ...idsOf(user),
    cwd: "/",
    env: childEnvironment,
    encoding: "utf8",
    input: `${adminPassword}\n`,
  });
  if (done.status !== 0) throw new Error(`initdb failed: ${done.stderr || done.error?.message}`);
}

export function readSecrets(cluster: string): Secrets {
  return JSON.parse(readFileSync(join(cluster, "secrets.json"), "utf8")) as Secrets;
}

function writeSecrets(cluster: string, secrets: Secrets): void {
  const file = join(cluster, "secrets.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function rememberPort(cluster: string, port: number): Secrets {
  const known = readSecrets(cluster);
  if (known.port === port) return known;
  const secrets = { ...known, port };
  writeSecrets(cluster, secrets);
  return secrets;
}

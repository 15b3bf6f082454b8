import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import pg from "pg";
import { pause } from "./db.ts";
import { type Binaries, canReach, childEnvironment, findServerUser } from "./embedded-postgres-binaries.ts";
import { idsOf, prepareBinaries, type ServerUser } from "./embedded-postgres-binaries.ts";
import { findPostmaster, isAlive, type Postmaster } from "./embedded-postgres-postmaster.ts";
import { startPostmaster, stopPostmaster } from "./embedded-postgres-postmaster.ts";
import { createDatabase, createLogins, type Secrets } from "./embedded-postgres-roles.ts";

export interface EmbeddedOptions {
  /** `.banneton` of the project; everything of the server is below it. */
  readonly dataFolder: string;
  /** Where root keeps it if the server's user cannot get to `dataFolder`. */
  readonly rootFolder?: string;
  /** Sentences for the person who started it. */
  readonly say: (sentence: string) => void;
  /** Refuses to share the server with another process, as `start` must. */
  readonly isExclusive?: boolean;
  /** Settings of postgresql.conf beyond ours; tests turn fsync off. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly folder: string;
  readonly pid: number;
  /** Stops the server, unless another process had it first. */
  stop(): Promise<void>;
}

/** The embedded server cannot be used; the message holds the steps. */
export class EmbeddedPostgresError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = "EmbeddedPostgresError";
    this.exitCode = exitCode;
  }
}

export const MAJOR_VERSION = "17";
const systemFolder = "/var/lib/banneton";
const databaseName = "banneton";
const userKey = "6207745011840023";
const startsMax = 3;

const fixedSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  fsync: "on",
  synchronous_commit: "on",
  max_connections: "100",
  timezone: "UTC",
  log_timezone: "UTC",
} as const;

/** Starts PostgreSQL on the data folder, or joins the server an earlier process left running there. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = findServerUser();
  const binaries = prepareBinaries(user, systemFolder);
  const folder = chooseFolder(options, user);
  const cluster = join(folder, "postgres");
  const data = join(cluster, "data");
  refuseOtherVersion(folder, data);
  if (!existsSync(cluster)) initialise(folder, cluster, binaries, user);
  const server = await reach(options, { binaries, user, folder, data });
  const secrets = rememberPort(cluster, server.port);
  const adminUrl = urlOf("banneton_admin", secrets.admin, server.port, "postgres");
  const claim = await claimServer(adminUrl, options);
  await createLogins(claim.client, secrets);
  await createDatabase(claim.client, databaseName);
  return {
    adminUrl,
    ownerUrl: urlOf("banneton_owner", secrets.owner, server.port, databaseName),
    appUrl: urlOf("banneton", secrets.app, server.port, databaseName),
    folder,
    pid: server.pid,
    async stop() {
      await claim.client.end().catch(() => {});
      if (claim.isOurs) await stopPostmaster(data, server.pid);
    },
  };
}

function chooseFolder(options: EmbeddedOptions, user: ServerUser | undefined): string {
  const root = options.rootFolder ?? systemFolder;
  const wanted = resolve(options.dataFolder);
  mkdirSync(wanted, { recursive: true });
  if (canReach(wanted, user)) return wanted;
  mkdirSync(root, { recursive: true, mode: 0o755 });
  const reason = `the server runs as ${user?.name}, who cannot get to ${wanted}`;
  options.say(`The data is kept in ${root}: ${reason}.`);
  return root;
}

function refuseOtherVersion(folder: string, data: string): void {
  const file = join(data, "PG_VERSION");
  if (!existsSync(file)) return;
  const version = readFileSync(file, "utf8").trim();
  if (version === MAJOR_VERSION) return;
  const cluster = join(folder, "postgres");
  const archive = join(folder, `postgres-${version}`);
  throw new EmbeddedPostgresError(
    [
      `${data} was written by PostgreSQL ${version}; this Banneton runs PostgreSQL ${MAJOR_VERSION}.`,
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

/** All or nothing: a start killed halfway leaves a folder of another name, which the next one removes. */
function initialise(
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

interface Place {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly folder: string;
  readonly data: string;
}

async function reach(options: EmbeddedOptions, place: Place): Promise<Postmaster> {
  const { binaries, user, data } = place;
  for (let start = 1; ; start++) {
    const running = await findPostmaster(data);
    if (running !== undefined) return running;
    try {
      return await startPostmaster({
        binaries,
        user,
        folder: { data, logFile: join(place.folder, "postgres.log") },
        port: await freePort(readSecrets(join(place.folder, "postgres")).port ?? 0),
        settings: { ...fixedSettings, ...options.settings },
      });
    } catch (error) {
      // Another start may have been quicker, or taken the port between our look and the server's.
      if (start === startsMax) throw error;
      await pause(200 * start);
    }
  }
}

/** `wanted` if nobody listens there, else a free port. */
async function freePort(wanted: number): Promise<number> {
  const listened = await new Promise<number | undefined>((done) => {
    const server = createServer();
    server.once("error", () => done(undefined));
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : undefined;
      server.close(() => done(port));
    });
  });
  if (listened !== undefined) return listened;
  if (wanted === 0) throw new Error("There is no free port on 127.0.0.1.");
  return await freePort(0);
}

function readSecrets(cluster: string): Secrets {
  return JSON.parse(readFileSync(join(cluster, "secrets.json"), "utf8")) as Secrets;
}

function writeSecrets(cluster: string, secrets: Secrets): void {
  const file = join(cluster, "secrets.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function rememberPort(cluster: string, port: number): Secrets {
  const known = readSecrets(cluster);
  if (known.port === port) return known;
  const secrets = { ...known, port };
  writeSecrets(cluster, secrets);
  return secrets;
}

function urlOf(user: string, secret: string, port: number, database: string): string {
  return `postgres://${user}:${secret}@127.0.0.1:${port}/${database}`;
}

interface Claim {
  readonly client: pg.Client;
  readonly isOurs: boolean;
}

// A session lock says who may stop the server: PostgreSQL lets go of it when its holder dies.
async function claimServer(adminUrl: string, options: EmbeddedOptions): Promise<Claim> {
  const client = new pg.Client({ connectionString: adminUrl, keepAlive: true });
  client.on("error", () => {});
  await client.connect();
  const ask = "select pg_try_advisory_lock($1::bigint) as ours";
  for (let attempt = 1; ; attempt++) {
    const { rows } = await client.query<{ ours: boolean }>(ask, [userKey]);
    if (rows[0]?.ours === true) return { client, isOurs: true };
    if (options.isExclusive !== true) return { client, isOurs: false };
    if (attempt === 20) break;
    await pause(100);
  }
  await client.end();
  throw new EmbeddedPostgresError("Banneton already runs on this data; stop that one first.", 1);
}

import { existsSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import pg from "pg";
import {
  type Binaries,
  canReach,
  findServerUser,
  prepareBinaries,
  type ServerUser,
} from "./embedded-postgres-binaries.ts";
import {
  databaseName,
  EmbeddedPostgresError,
  initialise,
  readSecrets,
  refuseOtherVersion,
  rememberPort,
} from "./embedded-postgres-cluster.ts";
import {
  findPostmaster,
  interruptPostmaster,
  type Postmaster,
  startPostmaster,
  stopPostmaster,
} from "./embedded-postgres-postmaster.ts";
import { setUpServer } from "./embedded-postgres-roles.ts";
import { pause } from "./pause.ts";

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
  /** Asks the server to stop and does not wait; for a process that must end at once. */
  interrupt(): void;
  /** Stops the server, unless another process had it first. */
  stop(): Promise<void>;
}

const systemFolder = "/var/lib/banneton";
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

/**
 * Starts PostgreSQL on the data folder, or joins the server an earlier process left running there.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = findServerUser();
  const binaries = prepareBinaries(user, systemFolder);
  const folder = chooseFolder(options, user);
  const cluster = join(folder, "postgres");
  const data = join(cluster, "data");
  refuseOtherVersion(folder, data);
  if (!existsSync(cluster)) initialise(folder, cluster, binaries, user);
  const { server, claim } = await connect(options, { binaries, user, folder, data });
  const secrets = readSecrets(cluster);
  const adminUrl = urlOf("banneton_admin", secrets.admin, server.port, "postgres");
  await setUpServer(claim.client, secrets, databaseName);
  return {
    adminUrl,
    ownerUrl: urlOf("banneton_owner", secrets.owner, server.port, databaseName),
    appUrl: urlOf("banneton", secrets.app, server.port, databaseName),
    folder,
    pid: server.pid,
    interrupt() {
      if (claim.isOurs) interruptPostmaster(data, server.pid);
    },
    async stop() {
      if (claim.isOurs) await waitForGoodbyes(claim.client);
      await claim.client.end().catch(() => {});
      if (claim.isOurs) await stopPostmaster(data, server.pid);
    },
  };
}

function chooseFolder(options: EmbeddedOptions, user: ServerUser | undefined): string {
  const root = options.rootFolder ?? systemFolder;
  const wanted = resolve(options.dataFolder);
  const made = mkdirSync(wanted, { recursive: true });
  if (canReach(wanted, user)) return wanted;
  if (made !== undefined) rmSync(made, { recursive: true });
  mkdirSync(root, { recursive: true, mode: 0o755 });
  const reason = `the server runs as ${user?.name}, who cannot get to ${wanted}`;
  options.say(`The data is kept in ${root}: ${reason}.`);
  return root;
}

interface Place {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly folder: string;
  readonly data: string;
}

interface Connected {
  readonly server: Postmaster;
  readonly claim: Claim;
}

/** Starts or finds the server and enters it; one that was dying when we found it is let go. */
async function connect(options: EmbeddedOptions, place: Place): Promise<Connected> {
  for (let attempt = 1; ; attempt++) {
    const server = await reach(options, place);
    const secrets = rememberPort(join(place.folder, "postgres"), server.port);
    const adminUrl = urlOf("banneton_admin", secrets.admin, server.port, "postgres");
    try {
      return { server, claim: await claimServer(adminUrl, options) };
    } catch (error) {
      if (error instanceof EmbeddedPostgresError || attempt === 20) throw error;
      await pause(100);
    }
  }
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

const othersConnected = `select count(*)::int as count from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid()`;

// A pool has ended before its sockets are closed: told to go by the server, they would look lost.
async function waitForGoodbyes(client: pg.Client): Promise<void> {
  for (let polls = 0; polls < 25; polls++) {
    const found = await client.query<{ count: number }>(othersConnected).catch(() => undefined);
    if ((found?.rows[0]?.count ?? 0) === 0) return;
    await pause(20);
  }
}

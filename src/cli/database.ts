import { join } from "node:path";
import type { Environment } from "#platform/config.ts";
import type { App } from "#platform/context.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#platform/embedded-postgres.ts";
import { migrate } from "#platform/migrate.ts";
import { type Reach, reachOf } from "#platform/trusted-ca.ts";
import { withSecret } from "./secret.ts";
import { withStorage } from "./storage.ts";
import { CommandError, type Terminal } from "./terminal.ts";

/** Where a command finds its database: the address it was given, or the embedded server. */
export interface Place {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** Of its server, as `DATABASE_CA`; the embedded one has no certificate. */
  readonly ca: string | undefined;
  readonly embedded: EmbeddedPostgres | undefined;
  /** Stops the embedded server if this process may; does nothing to a database it was given. */
  leave(): Promise<void>;
}

/** How the owner of the schema reaches it. */
export const ownerOf = ({ ownerUrl, ca }: Place): Reach => reachOf(ownerUrl, ca);

export interface PlaceOptions {
  /** Refuses to share the embedded server with another process. */
  readonly isExclusive?: boolean;
}

export async function openPlace(terminal: Terminal, options: PlaceOptions = {}): Promise<Place> {
  const { DATABASE_URL: given, MIGRATE_DATABASE_URL: owner } = terminal.env;
  if (given !== undefined && given !== "") {
    refuseNonsense({ DATABASE_URL: given, MIGRATE_DATABASE_URL: owner || given });
    const ca = terminal.env["DATABASE_CA"] || undefined;
    const addresses = { appUrl: given, ownerUrl: owner || given, ca };
    return { ...addresses, embedded: undefined, leave: async () => {} };
  }
  const dataFolder = join(terminal.folder, ".banneton");
  const embedded = await startEmbeddedPostgres({ dataFolder, say: terminal.say, ...options });
  const { appUrl, ownerUrl } = embedded;
  return { appUrl, ownerUrl, ca: undefined, embedded, leave: () => embedded.stop() };
}

const exitConfig = 78;

// The message must not repeat the address: it holds a password.
function refuseNonsense(addresses: Readonly<Record<string, string>>): void {
  for (const [name, address] of Object.entries(addresses)) {
    if (URL.canParse(address) && /^postgres(?:ql)?:/.test(address)) continue;
    throw new CommandError(`${name} must be postgres://user:password@host:port/name.`, exitConfig);
  }
}

/** Brings the schema of a place up to date; returns how many migrations were missing. */
export async function migratePlace(terminal: Terminal, place: Place): Promise<number> {
  const appRole = decodeURIComponent(new URL(place.appUrl).username);
  const options = { log: terminal.log, ca: place.ca, ...(appRole === "" ? {} : { appRole }) };
  const applied = await migrate(place.ownerUrl, options).catch((error: unknown) => {
    throw unreachable(error) ?? error;
  });
  return applied.length;
}

// No server at the address, a wrong password or role, a database that does not exist.
const unreachableCodes = /^(?:E[A-Z]+|28...|3D...)$/;

function unreachable(error: unknown): CommandError | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  if (typeof error.code !== "string" || !unreachableCodes.test(error.code)) return undefined;
  return new CommandError(`The database cannot be reached: ${error.message}.`);
}

/** The app of this process on a place. */
export async function appOn(
  terminal: Terminal,
  place: Place,
  more: Environment = {},
): Promise<App> {
  const env = withStorage({ ...terminal, env: await withSecret(terminal) });
  return terminal.buildApp({ ...env, ...more, DATABASE_URL: place.appUrl });
}

/** Runs a command that needs the app and a current schema, and leaves nothing running behind it. */
export async function withApp<T>(
  terminal: Terminal,
  work: (app: App, place: Place) => Promise<T>,
): Promise<T> {
  const place = await openPlace(terminal);
  try {
    await migratePlace(terminal, place);
    const app = await appOn(terminal, place);
    try {
      return await work(app, place);
    } finally {
      await app.db.close();
    }
  } finally {
    await place.leave();
  }
}

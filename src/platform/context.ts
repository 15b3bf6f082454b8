import type { Cache } from "./cache.ts";
import type { AppConfig } from "./config.ts";
import type { Database } from "./db.ts";
import type { FunctionCalls } from "./function-calls.ts";
import type { Log } from "./log.ts";
import type { Redis } from "./redis.ts";
import type { ObjectStorage } from "./storage.ts";
import type { Telemetry } from "./telemetry.ts";
import type { Tracing } from "./tracing.ts";

/** What somebody may do at one site, or with null at every site and for the whole company. */
export interface Grant {
  readonly siteId: string | null;
  readonly permissions: ReadonlySet<string>;
}

/**
 * Who acts. `guest` has shown nothing; `person` is signed in, `key` is a program with an API key,
 * `till` is a paired device on which nobody, or the person named by `id`, has tapped a PIN; `system`
 * is Banneton itself and may do everything.
 */
export interface Actor {
  readonly kind: "system" | "guest" | "person" | "key" | "till";
  /** What the books store: the id of the person or the key. */
  readonly id: string;
  /** Whose idempotency keys these are; a till's stay its own whoever works on it. */
  readonly scope: string;
  readonly grants: readonly Grant[];
  /** The session, key or device behind it. */
  readonly credentialId?: string;
}

export const SYSTEM_ACTOR: Actor = { kind: "system", id: "system", scope: "system", grants: [] };
export const GUEST_ACTOR: Actor = { kind: "guest", id: "guest", scope: "guest", grants: [] };

/** What a process builds once, in its main.ts, and passes down. */
export interface App {
  readonly config: AppConfig;
  readonly db: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Counts and hints that all pods share; never the truth, and not there without REDIS_URL. */
  readonly redis?: Redis | undefined;
  /** Not there without a collector. */
  readonly tracing?: Tracing | undefined;
  /** For reading only; whatever decides reads the books. */
  readonly cache: Cache;
  /** Where files lie, if this installation has such a place: `storageOf` asks for it. */
  readonly storage?: ObjectStorage | undefined;
  /** Where the copies of the audit lie: `auditStorageOf` asks for it. */
  readonly auditStorage?: ObjectStorage | undefined;
  readonly functions: FunctionCalls;
  now(): Date;
}

/** One request, job or command: who acts, from where, when, and under which trace. */
export interface Ctx {
  readonly app: App;
  readonly actor: Actor;
  /** The client's network address as the trusted proxies tell it; undefined outside of HTTP. */
  readonly address?: string | undefined;
  readonly traceId: string;
  readonly log: Log;
  now(): Date;
}

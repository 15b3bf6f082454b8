import type { AppConfig } from "./config.ts";
import type { Database } from "./db.ts";
import type { Log } from "./log.ts";
import type { Telemetry } from "./telemetry.ts";

/** Who acts. `guest` is everybody at the door until sign-in exists; `system` is Banneton itself. */
export interface Actor {
  readonly kind: "system" | "guest";
  readonly id: string;
}

export const SYSTEM_ACTOR: Actor = { kind: "system", id: "system" };
export const GUEST_ACTOR: Actor = { kind: "guest", id: "guest" };

/** What a process builds once, in its main.ts, and passes down. */
export interface App {
  readonly config: AppConfig;
  readonly db: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  now(): Date;
}

/** One request, job or command: who acts, when, and under which trace. */
export interface Ctx {
  readonly app: App;
  readonly actor: Actor;
  readonly traceId: string;
  readonly log: Log;
  now(): Date;
}

import type { AppConfig, Environment } from "#platform/config.ts";
import { type App, type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import type { Log } from "#platform/log.ts";
import type { Serve } from "../web/lifecycle.ts";

/** What main.ts gives every command: the environment, the clock and the runtime come from there. */
export interface Terminal {
  readonly env: Environment;
  /** The environment as it was given, for a service whose log nobody reads at a terminal. */
  readonly serviceEnv: Environment;
  /** Folder of the project; the embedded database lives in its `.banneton`. */
  readonly folder: string;
  readonly serve: Serve;
  readonly log: Log;
  now(): Date;
  buildApp(env: Environment): App;
  /** A sentence for the person at the terminal. */
  say(sentence: string): void;
  /** How far a long command is, in place of what it said before; nothing where nobody looks. */
  progress(sentence: string): void;
  /** What a command was asked for, alone on standard output. */
  print(text: string): void;
  /** Resolves with the name of the first signal that asks the process to end. */
  readonly stopped: Promise<string>;
  /** Runs if a second signal asks to end at once. */
  onForce(work: () => void): void;
}

/** The command line acts as Banneton itself; there is nobody to sign in here. */
export function systemCtx(app: App): Ctx {
  const traceId = newId().replaceAll("-", "");
  return { app, actor: SYSTEM_ACTOR, traceId, log: app.log.with({ traceId }), now: app.now };
}

export function isProduction(config: Pick<AppConfig, "environment">): boolean {
  return config.environment === "production";
}

/** A command was asked for something it refuses; the message says what to do. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = "CommandError";
    this.exitCode = exitCode;
  }
}

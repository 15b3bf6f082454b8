#!/usr/bin/env bun
import process from "node:process";
import { ConfigError } from "#platform/config.ts";
import { EmbeddedPostgresError } from "#platform/embedded-postgres-cluster.ts";
import { createLog } from "#platform/log.ts";
import { MigrationError } from "#platform/migrate.ts";
import { buildApp, serve, stdoutWriter } from "../web/main.ts";
import { createProgram } from "./program.ts";
import { CommandError, type Terminal } from "./terminal.ts";

const exitConfig = 78;
const exitForced = 130;
const sameSignalMs = 1_000;

// People read this terminal: by default only what is wrong is logged. LOG_LEVEL says otherwise.
const env = { ...process.env, LOG_LEVEL: process.env["LOG_LEVEL"] || "warning" };

const forced: (() => void)[] = [];

function createTerminal(): Terminal {
  const now = () => new Date();
  return {
    env,
    folder: process.cwd(),
    serve,
    now,
    buildApp,
    log: createLog({ level: "warning", now, write: stdoutWriter() }),
    say: (sentence) => void process.stderr.write(`${sentence}\n`),
    print: (text) => void process.stdout.write(`${text}\n`),
    stopped: firstSignal(),
    onForce: (work) => void forced.push(work),
  };
}

/** Ctrl-C reaches us from the terminal and from each of our parents: what comes together is one. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const take = (signal: string) => {
      firstAt ??= performance.now();
      resolve(signal);
      if (performance.now() - firstAt < sameSignalMs) return;
      for (const work of forced) work();
      process.exit(exitForced);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => take(signal));
    watchLauncher(() => resolve("the launcher ended"));
  });
}

// `bun run start` is our parent's parent: killed without a word, it must not leave us behind.
function watchLauncher(gone: () => void): void {
  const launcher = Number(process.env["BANNETON_LAUNCHER"]);
  if (process.ppid !== launcher) return;
  const watch = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(watch);
    gone();
  }, 500);
  watch.unref();
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) return exitConfig;
  if (error instanceof EmbeddedPostgresError || error instanceof CommandError)
    return error.exitCode;
  return 1;
}

function isForPeople(error: unknown): error is Error {
  return [ConfigError, EmbeddedPostgresError, CommandError, MigrationError].some(
    (kind) => error instanceof kind,
  );
}

try {
  await createProgram(createTerminal()).parseAsync();
  process.exitCode ??= 0;
} catch (error) {
  process.stderr.write(`${isForPeople(error) ? error.message : Bun.inspect(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
// Timers of the runtime's metrics would keep the process; the last lines leave before it ends.
setImmediate(() => process.exit());

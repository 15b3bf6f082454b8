#!/usr/bin/env bun
import process from "node:process";
import { CommanderError } from "commander";
import { ConfigError } from "#platform/config.ts";
import { EmbeddedPostgresError } from "#platform/embedded-postgres-cluster.ts";
import { AppError } from "#platform/errors.ts";
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

// A slow pipe takes 64 KiB at a time; ending before it took all would cut the text off.
let printed: Promise<unknown> = Promise.resolve();

function createTerminal(): Terminal {
  const now = () => new Date();
  return {
    env,
    serviceEnv: process.env,
    folder: process.cwd(),
    serve,
    now,
    buildApp,
    log: createLog({ level: "warning", now, write: stdoutWriter() }),
    say: (sentence) => void process.stderr.write(`${sentence}\n`),
    progress: (sentence) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${sentence}`);
    },
    print: (text) => {
      printed = printed.then(() => Bun.write(Bun.stdout, `${text}\n`)).catch(() => {});
    },
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
  if (hasExitCode(error)) return error.exitCode;
  return 1;
}

function hasExitCode(error: unknown): error is { readonly exitCode: number } {
  return [EmbeddedPostgresError, CommandError, CommanderError].some(
    (kind) => error instanceof kind,
  );
}

function isForPeople(error: unknown): error is Error {
  return [AppError, ConfigError, EmbeddedPostgresError, CommandError, MigrationError].some(
    (kind) => error instanceof kind,
  );
}

try {
  await createProgram(createTerminal()).parseAsync();
  process.exitCode ??= 0;
} catch (error) {
  // Commander has said itself what it has to say.
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`${isForPeople(error) ? error.message : Bun.inspect(error)}\n`);
  }
  process.exitCode = exitCodeOf(error);
}
await printed;
// Timers of the runtime's metrics would keep the process.
process.stderr.write("", () => process.stdout.write("", () => process.exit()));

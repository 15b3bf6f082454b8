import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "#platform/config.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The environment with a secret: outside of production one is made and kept in `.banneton`, so that
 * sessions outlive the process. In production it must be given.
 */
export async function withSecret({ env, folder }: Terminal): Promise<Environment> {
  if (env["AUTH_SECRET"] || env["NODE_ENV"] === "production") return env;
  return { ...env, AUTH_SECRET: await keptSecret(join(folder, ".banneton")) };
}

async function keptSecret(folder: string): Promise<string> {
  const path = join(folder, "auth-secret");
  await mkdir(folder, { recursive: true });
  const made = `${randomBytes(32).toString("base64url")}\n`;
  // Of two processes that start together the first makes it and both read it.
  await writeFile(path, made, { mode: 0o600, flag: "wx" }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  return (await readFile(path, "utf8")).trim();
}

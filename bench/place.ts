import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../src/platform/embedded-postgres.ts";
import { silentLog } from "../src/platform/log.ts";
import { migrate } from "../src/platform/migrate.ts";
import { productionEnv } from "./access.ts";

/** A migrated database on a server of our own. */
export interface Place {
  readonly ownerUrl: string;
  /** As the app's role. */
  readonly appUrl: string;
  readonly folder: string;
  close(): Promise<void>;
}

/** On an embedded server of our own, with the settings of the one that `start` uses. */
export async function openPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "banneton-bench-"));
  // The server does not run as root: its user must get to the folder.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataFolder: folder,
    rootFolder: folder,
    say: (sentence) => console.error(sentence),
    isExclusive: true,
  });
  const end = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  let ending: Promise<void> | undefined;
  const close = () => {
    ending ??= end();
    return ending;
  };
  try {
    const { ownerUrl, appUrl } = server;
    await migrate(ownerUrl, { log: silentLog, appRole: new URL(appUrl).username });
    return { ownerUrl, appUrl, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface WebProcess {
  readonly base: string;
  /** Answers of a route so far by status, as the process itself counts them. */
  countAnswers(route: string): Promise<Map<string, number>>;
  stop(): Promise<void>;
}

/** The product as it runs in production, in a process of its own; its log goes to a file. */
export async function startWeb(
  place: Place,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
  main = "src/web/main.ts",
): Promise<WebProcess> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const child = Bun.spawn([process.execPath, ...flags, main], {
    cwd: join(import.meta.dir, ".."),
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      ...productionEnv,
      DATABASE_URL: place.appUrl,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      ...env,
    },
    stdin: "ignore",
    stdout: Bun.file(join(place.folder, "web.log")),
    stderr: "inherit",
  });
  const base = `http://127.0.0.1:${port}`;
  await whenReady(base, child);
  return {
    base,
    countAnswers: async (route) => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return answersOf(text, route);
    },
    stop: async () => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

async function whenReady(base: string, child: Bun.Subprocess): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (child.exitCode !== null) throw new Error(`the web ended with ${child.exitCode}`);
    const answer = await fetch(`${base}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await Bun.sleep(20);
  }
  child.kill();
  throw new Error("the web was not ready within 10 s");
}

function answersOf(metrics: string, route: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of metrics.split("\n")) {
    if (!line.startsWith("http_request_duration_seconds_count{")) continue;
    if (!line.includes(`route="${route}"`)) continue;
    const status = /status="(\d+)"/.exec(line)?.[1] ?? "";
    counts.set(status, (counts.get(status) ?? 0) + Number(line.slice(line.lastIndexOf(" "))));
  }
  return counts;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      probe.close(() => resolve(port));
    });
  });
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { debianProgram } from "./debian.ts";
import { freePort } from "./free-port.ts";

/** A Redis of a test's own. */
export interface TestRedis {
  readonly url: string;
  /** SIGKILL; `start` brings it back on the same port, empty. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP: it takes connections and answers nothing. */
  stall(): void;
  resume(): void;
  flush(): Promise<void>;
  /** No room for any more key. */
  fill(): Promise<void>;
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts Debian's redis-server on a free port in a folder of its own. */
export async function startTestRedis(): Promise<TestRedis> {
  const program = debianProgram("/usr/bin/redis-server", "redis-server");
  const folder = mkdtempSync(join(tmpdir(), "banneton-redis-"));
  const port = await freePort();
  const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder];
  const args = [...place, "--save", "", "--appendonly", "no", "--daemonize", "no"];
  let child = Bun.spawn([program, ...args], quiet);
  await whenAnswers(port);

  async function asAdmin<T>(work: (admin: Redis) => Promise<T>): Promise<T> {
    const admin = new Redis(port, "127.0.0.1", { lazyConnect: true });
    try {
      return await work(admin);
    } finally {
      admin.disconnect();
    }
  }

  const kill = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async start() {
      child = Bun.spawn([program, ...args], quiet);
      await whenAnswers(port);
    },
    stall: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    flush: () => asAdmin(async (admin) => void (await admin.flushall())),
    fill: () =>
      asAdmin(async (admin) => {
        await admin.config("SET", "maxmemory-policy", "noeviction");
        await admin.config("SET", "maxmemory", "1");
      }),
    keys: () => asAdmin((admin) => admin.keys("*")),
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;

/** Asks again until the new server answers. */
async function whenAnswers(port: number): Promise<void> {
  const retryStrategy = () => 20;
  const options = { retryStrategy, maxRetriesPerRequest: 500 };
  const probe = new Redis(port, "127.0.0.1", options).on("error", () => {});
  await probe.ping();
  probe.disconnect();
}

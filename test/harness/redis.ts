import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { type TrustedCa, trustedCa } from "#platform/trusted-ca.ts";
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

/** Paths of files of PEM. */
export interface RedisTls {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

/** Starts Debian's redis-server on a free port in a folder of its own; with `tls`, without another. */
export async function startTestRedis(tls?: RedisTls): Promise<TestRedis> {
  const program = debianProgram("/usr/bin/redis-server", "redis-server");
  const folder = mkdtempSync(join(tmpdir(), "banneton-redis-"));
  const port = await freePort();
  const place = ["--bind", "127.0.0.1", ...doorOf(port, tls), "--dir", folder];
  const args = [...place, "--save", "", "--appendonly", "no", "--daemonize", "no"];
  let child = Bun.spawn([program, ...args], quiet);
  const safe = tls === undefined ? {} : { tls: trustedCa(tls.ca, false) };
  await whenAnswers(port, safe);

  async function asAdmin<T>(work: (admin: Redis) => Promise<T>): Promise<T> {
    const admin = new Redis(port, "127.0.0.1", { lazyConnect: true, ...safe });
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
    url: `${tls === undefined ? "redis" : "rediss"}://127.0.0.1:${port}`,
    kill,
    async start() {
      child = Bun.spawn([program, ...args], quiet);
      await whenAnswers(port, safe);
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

function doorOf(port: number, tls: RedisTls | undefined): string[] {
  if (tls === undefined) return ["--port", String(port)];
  const files = ["--tls-cert-file", tls.certificate, "--tls-key-file", tls.key];
  const door = ["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"];
  return [...door, ...files, "--tls-ca-cert-file", tls.ca];
}

/** Asks again until the new server answers. */
async function whenAnswers(port: number, safe: { readonly tls?: TrustedCa }): Promise<void> {
  const retryStrategy = () => 20;
  const options = { retryStrategy, maxRetriesPerRequest: 500, ...safe };
  const probe = new Redis(port, "127.0.0.1", options).on("error", () => {});
  await probe.ping();
  probe.disconnect();
}

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../faults/schedule.ts";
import { debianProgram } from "../harness/debian.ts";
import { freePort } from "../harness/free-port.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { startWorkerProcess } from "../harness/worker-process.ts";

// As Google's Redis is: TLS only, under a certificate of an authority that nobody else knows.
const folder = mkdtempSync(join(tmpdir(), "banneton-private-cas-"));
const at = (name: string) => join(folder, name);
let database: TestDatabase;
let redis: Bun.Subprocess;
let url: string;

beforeAll(async () => {
  database = await testDatabase();
  makeCertificates();
  const port = await freePort();
  url = `rediss://127.0.0.1:${port}`;
  const server = debianProgram("/usr/bin/redis-server", "redis-server");
  const tls = ["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"];
  const certificates = ["--tls-cert-file", at("own.pem"), "--tls-key-file", at("own.key")];
  const rest = ["--tls-ca-cert-file", at("ca.pem"), "--bind", "127.0.0.1", "--save", ""];
  redis = Bun.spawn([server, ...tls, ...certificates, ...rest], {
    cwd: folder,
    stdout: "ignore",
    stderr: "ignore",
  });
}, 60_000);

afterAll(async () => {
  redis.kill();
  await redis.exited;
  await database.drop();
  rmSync(folder, { recursive: true });
});

function makeCertificates(): void {
  const openssl = debianProgram("/usr/bin/openssl", "openssl");
  const run = (...args: string[]) => {
    const { exitCode, stderr } = Bun.spawnSync([openssl, ...args], { cwd: folder });
    if (exitCode !== 0) throw new Error(stderr.toString());
  };
  const key = ["-newkey", "rsa:2048", "-nodes"];
  run(
    "req",
    "-x509",
    ...key,
    "-days",
    "2",
    "-subj",
    "/CN=ca",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
  );
  run("req", ...key, "-subj", "/CN=redis", "-keyout", "own.key", "-out", "own.csr");
  writeFileSync(at("names"), "subjectAltName=IP:127.0.0.1");
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
  run("x509", "-req", "-in", "own.csr", ...signing, "-days", "2", "-out", "own.pem");
}

async function isRedisUp(base: string): Promise<string | undefined> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return /^banneton_redis_up(?:\{[^}]*\})? (\d)$/m.exec(text)?.[1];
}

test("the compiled worker believes the authorities of NODE_EXTRA_CA_CERTS, and no stranger's", async () => {
  const env = { REDIS_URL: url };
  const knowing = await startWorkerProcess(database.appUrl, {
    env: { ...env, NODE_EXTRA_CA_CERTS: at("ca.pem") },
  });
  await until("it has Redis", async () => (await isRedisUp(knowing.base)) === "1");
  await knowing.stop();
  const other = await startWorkerProcess(database.appUrl, { env });
  await until("it has tried", () => other.output().includes("Redis cannot be reached"));
  expect(await isRedisUp(other.base)).toBe("0");
  await other.stop();
}, 60_000);

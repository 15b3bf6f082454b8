import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findServerUser, idsOf } from "#platform/embedded-postgres-binaries.ts";
import { certificateOf, makeCa } from "../../test/harness/own-ca.ts";
import { type OwnPostgres, startOwnPostgres } from "../../test/harness/own-postgres.ts";
import { startTestRedis, type TestRedis } from "../../test/harness/redis.ts";
import { Secret } from "./config-secret.ts";
import { silentLog } from "./log.ts";
import { migrate } from "./migrate.ts";
import { openRedis } from "./redis.ts";
import { reachOf } from "./trusted-ca.ts";

const folder = mkdtempSync(join(tmpdir(), "banneton-tls-"));
const ours = makeCa(folder, "ours");
const theirs = makeCa(folder, "theirs");
// As Google's certificates: of a name that nobody connects to.
const named = certificateOf(folder, ours, "banneton-prod:banneton", "DNS:instance.example");
let database: OwnPostgres;
let redis: TestRedis;

beforeAll(async () => {
  const owner = idsOf(findServerUser());
  chmodSync(folder, 0o755);
  chmodSync(named.key, 0o600);
  if (owner.uid !== undefined) chownSync(named.key, owner.uid, owner.gid ?? -1);
  const settings = { ssl: "on", ssl_cert_file: named.certificate, ssl_key_file: named.key };
  [database, redis] = await Promise.all([
    startOwnPostgres({ settings }),
    startTestRedis({ ...named, ca: ours.certificate }),
  ]);
});

afterAll(async () => {
  await Promise.all([database.stop(), redis.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function isEncrypted(parameters: string, ca: string | undefined): Promise<boolean> {
  const reach = reachOf(`${database.appUrl}${parameters}`, ca);
  const client = new pg.Client({ ...reach, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    const text = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    return (await client.query<{ ssl: boolean }>(text)).rows[0]?.ssl === true;
  } finally {
    await client.end();
  }
}

describe("PostgreSQL of a CA of its own", () => {
  test("is reached by TLS, whether the CA is a file or its text", async () => {
    expect(await isEncrypted("", ours.certificate)).toBe(true);
    expect(await isEncrypted("", readFileSync(ours.certificate, "utf8"))).toBe(true);
  });

  test("is refused if another CA is asked for, whatever its address says", async () => {
    for (const parameters of ["", "?sslmode=disable", "?sslmode=no-verify", "?sslmode=verify-ca"]) {
      await expect(isEncrypted(parameters, theirs.certificate)).rejects.toThrow(
        /certificate|self.signed/,
      );
    }
  });

  test("is refused under another name with verify-full alone", async () => {
    expect(await isEncrypted("?sslmode=verify-ca", ours.certificate)).toBe(true);
    await expect(isEncrypted("?sslmode=verify-full", ours.certificate)).rejects.toThrow(
      /altname|IP/,
    );
  });

  test("is refused by the migration too if it is not that CA's", async () => {
    const options = { log: silentLog, appRole: "banneton" };
    expect(await migrate(database.ownerUrl, { ...options, ca: ours.certificate })).toEqual([]);
    const strange = migrate(database.ownerUrl, { ...options, ca: theirs.certificate });
    await expect(strange).rejects.toThrow(/certificate|self.signed/);
  });
});

describe("a company goes out and comes back over TLS", () => {
  const file = join(folder, "company.tar.gz");

  // From here on the server takes nothing but TLS.
  beforeAll(async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    const [place] = (await admin.query<{ hba_file: string }>("show hba_file")).rows;
    const hba = place?.hba_file ?? "";
    writeFileSync(hba, readFileSync(hba, "utf8").replaceAll(/^host\b/gm, "hostssl"));
    await admin.query("select pg_reload_conf()");
    await admin.end();
    await expect(isEncrypted("", undefined)).rejects.toThrow(/pg_hba|no encryption/);
  });

  async function banneton(ca: string, ...args: string[]) {
    const main = join(import.meta.dir, "../cli/main.ts");
    const { appUrl: DATABASE_URL, ownerUrl: MIGRATE_DATABASE_URL } = database;
    const addresses = { DATABASE_URL, MIGRATE_DATABASE_URL, DATABASE_CA: ca };
    const child = Bun.spawn([process.execPath, main, ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", ...addresses },
      stdout: "ignore",
      stderr: "pipe",
    });
    const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    return { said, code };
  }

  test("with its CA", async () => {
    expect(await banneton(ours.certificate, "export", file)).toMatchObject({ code: 0 });
    expect(await banneton(ours.certificate, "import", file)).toMatchObject({ code: 0 });
  });

  test("never to another's", async () => {
    const read = readFileSync(file);
    for (const args of [["export", join(folder, "other.tar.gz")], ["import", file], ["seed"]]) {
      const { said, code } = await banneton(theirs.certificate, ...args);
      expect([code === 0, /certificate|self.signed/.test(said)]).toEqual([false, true]);
    }
    expect(readFileSync(file)).toEqual(read);
  });
});

describe("Redis of a CA of its own", () => {
  async function pinged(ca: string | undefined): Promise<string> {
    const client = openRedis(new Secret(redis.url), silentLog, ca);
    try {
      await client.connect();
      return await client.ping();
    } finally {
      client.disconnect();
    }
  }

  test("is reached by TLS, whether the CA is a file or its text", async () => {
    expect(await pinged(ours.certificate)).toBe("PONG");
    expect(await pinged(readFileSync(ours.certificate, "utf8"))).toBe("PONG");
  });

  test("is refused if another CA or none is told", async () => {
    await expect(pinged(theirs.certificate)).rejects.toThrow();
    await expect(pinged(undefined)).rejects.toThrow();
  });
});

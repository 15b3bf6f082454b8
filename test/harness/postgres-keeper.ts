// The database server of a test run. Prints its addresses as one line of JSON and lives until its
// standard input ends: that happens however the run ends, kill -9 included.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "#platform/embedded-postgres.ts";
import { findPostmaster, isAlive, stopPostmaster } from "#platform/embedded-postgres-postmaster.ts";
import { silentLog } from "#platform/log.ts";
import { migrate } from "#platform/migrate.ts";
import { admitTestKey } from "./key.ts";

const prefix = "banneton-test-";

// Nothing here must survive a crash of the machine, so nothing waits for the disk.
const settings = {
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "4GB",
  shared_buffers: "256MB",
  max_connections: "500",
  checkpoint_timeout: "1h",
};

async function main(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  const ended = new Promise<void>((done) => {
    process.stdin.once("end", done).once("error", done).once("close", done).resume();
  });
  await sweep();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(folder, 0o755);
  const rootFolder = join("/var/tmp", `${prefix}${process.pid}`);
  const say = (sentence: string) => console.error(sentence);
  const server = await startEmbeddedPostgres({ dataFolder: folder, rootFolder, say, settings });
  try {
    await migrate(server.ownerUrl, { log: silentLog, appRole: "banneton" });
    await admitTestKey(server.ownerUrl);
    const { adminUrl, ownerUrl, appUrl } = server;
    console.log(JSON.stringify({ adminUrl, ownerUrl, appUrl }));
    await ended;
  } finally {
    await server.stop();
    rmSync(server.folder, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Servers and folders of runs whose keeper was killed. */
async function sweep(): Promise<void> {
  for (const parent of new Set([tmpdir(), "/var/tmp"])) {
    for (const name of readdirSync(parent)) {
      const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : NaN;
      if (Number.isNaN(pid) || isAlive(pid)) continue;
      const folder = join(parent, name);
      const data = join(folder, "postgres/data");
      const left = await findPostmaster(data);
      if (left !== undefined) await stopPostmaster(data, left.pid);
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

await main();
process.exit(0);

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#platform/embedded-postgres.ts";
import { isAlive } from "#platform/embedded-postgres-postmaster.ts";
import { silentLog } from "#platform/log.ts";
import { migrate } from "#platform/migrate.ts";
import { admitTestKey } from "./key.ts";

/** A PostgreSQL of one test's own, which it may kill: with fsync on, as in production. */
export interface OwnPostgres {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** As superuser, in the app's database. */
  readonly adminUrl: string;
  /** SIGKILL to the postmaster; resolves when it is gone. */
  kill(): Promise<void>;
  isRunning(): boolean;
  /** On the same folder and port again, recovering what was there. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface OwnOptions {
  /** Where its folder goes; the system's temporary folder by default. */
  readonly parent?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts and migrates it. Its folder is named after this process, so that the next run's keeper
 * stops and removes what a killed run has left.
 */
export async function startOwnPostgres(options: OwnOptions = {}): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(options.parent ?? tmpdir(), `banneton-test-${process.pid}-`));
  chmodSync(folder, 0o755);
  const settings = { max_connections: "200", shared_buffers: "64MB", ...options.settings };
  const start = () => startEmbeddedPostgres({ dataFolder: folder, say: () => {}, settings });
  let server: EmbeddedPostgres = await start();
  await migrate(server.ownerUrl, { log: silentLog, appRole: "banneton" });
  await admitTestKey(server.ownerUrl);
  const { appUrl, ownerUrl } = server;
  const admin = new URL(server.adminUrl);
  admin.pathname = new URL(appUrl).pathname;
  return {
    appUrl,
    ownerUrl,
    adminUrl: admin.href,
    async kill() {
      process.kill(server.pid, "SIGKILL");
      while (isAlive(server.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    isRunning: () => isAlive(server.pid),
    async restart() {
      server = await start();
      if (server.appUrl !== appUrl) throw new Error("PostgreSQL came back on another port");
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

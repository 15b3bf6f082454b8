import { rmSync, writeFileSync } from "node:fs";
import pg from "pg";
import { createDatabase, createLogins } from "#platform/embedded-postgres-roles.ts";
import { silentLog } from "#platform/log.ts";
import { migrate } from "#platform/migrate.ts";
import type { DebianCluster, DebianTools } from "./debian-postgres.ts";
import { admitTestKey } from "./key.ts";

const secrets = { admin: "admin", owner: "owner", app: "app" };

/** A company's database in a cluster that was made by `openCompany` or copied from one that was. */
export function databaseOn({ port }: Pick<DebianCluster, "port">) {
  const url = (user: string, secret: string) =>
    `postgres://${user}:${secret}@127.0.0.1:${port}/banneton`;
  return {
    appUrl: url("banneton", secrets.app),
    ownerUrl: url("banneton_owner", secrets.owner),
    adminUrl: url("banneton_admin", secrets.admin),
  };
}

/** Whom a base backup or a replica connects as. */
export function sourceOf({ port }: DebianCluster): string {
  return `host=127.0.0.1 port=${port} user=banneton_admin password=${secrets.admin}`;
}

/** A new cluster in the folder `source` with a migrated database of a company. */
export async function openCompany(
  tools: DebianTools,
  settings: Readonly<Record<string, string>>,
): Promise<DebianCluster> {
  const data = tools.folder("source");
  const password = `${data}.password`;
  writeFileSync(password, secrets.admin, { mode: 0o644 });
  const access = ["-U", "banneton_admin", "--auth=scram-sha-256", `--pwfile=${password}`];
  tools.run("initdb", "-D", data, ...access, "--encoding=UTF8", "--locale=C.UTF-8");
  rmSync(password);
  const cluster = await tools.start(data, { max_wal_senders: "4", ...settings });
  const admin = new URL(databaseOn(cluster).adminUrl);
  admin.pathname = "/postgres";
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  await createLogins(client, secrets);
  await createDatabase(client, "banneton");
  await client.end();
  const { ownerUrl } = databaseOn(cluster);
  await migrate(ownerUrl, { log: silentLog, appRole: "banneton" });
  await admitTestKey(ownerUrl);
  return cluster;
}

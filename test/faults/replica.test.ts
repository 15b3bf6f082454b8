import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as bakery from "../harness/bakery.ts";
import { databaseOn, openCompany, sourceOf } from "../harness/debian-company.ts";
import {
  type DebianCluster,
  type DebianTools,
  debianTools,
  findDebianPostgres,
} from "../harness/debian-postgres.ts";
import { type FaultyLine, startFaultyLine } from "../harness/proxy.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { rounds, until } from "./schedule.ts";
import { openSql, type Sql } from "./sql.ts";

// Row 15 of the matrix: a streaming replica of Debian's PostgreSQL, which reports read.
const debian = findDebianPostgres();
if ("why" in debian) console.log(`Skipped: ${debian.why}.`);

let root: string;
let tools: DebianTools;
let primary: DebianCluster;
let replica: DebianCluster;
let line: FaultyLine;
let onReplica: Sql;
let web: WebProcess;
let client: RemoteClient;
let shop: bakery.Shop;
let itemId: string;

beforeAll(async () => {
  if ("why" in debian) return;
  root = mkdtempSync(join(tmpdir(), "banneton-replica-"));
  tools = debianTools(debian.bin, root);
  primary = await openCompany(tools, { wal_level: "replica" });
  const data = tools.folder("replica");
  const from = ["-d", sourceOf(primary), "--checkpoint=fast", "-X", "stream", "-R"];
  tools.run("pg_basebackup", ...from, "-D", data);
  replica = await tools.start(data, { hot_standby: "on", max_standby_streaming_delay: "0" });
  onReplica = await openSql(databaseOn(replica).adminUrl);
  line = await startFaultyLine(databaseOn(replica).appUrl);
  web = await startWebProcess(databaseOn(primary).appUrl, {
    DATABASE_REPORT_URL: line.url,
  });
  client = remoteClient(web.base, 20_000);
  shop = await bakery.openShop(client);
  itemId = await bakery.addItem(client);
});

afterAll(async () => {
  await onReplica?.close();
  await web?.stop();
  await line?.close();
  await replica?.stop();
  await primary?.stop();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
});

/** A movement on the primary, and how many of them a report counts right after it. */
async function movementsSeen(): Promise<number> {
  await bakery.receive(client, shop.siteId, [{ itemId, quantity: "1", totalCost: "1.00" }]);
  const { isSound, certificate } = await bakery.read(client, "/stock/verify");
  expect(isSound).toBe(true);
  return certificate.movements;
}

let made = 0;
const expectSeen = async () => expect(await movementsSeen()).toBe(++made);

/** Snapshots that the web has read there since a moment. */
const readSince = `select 1 from pg_stat_activity
  where application_name = 'banneton' and query = 'commit' and query_start > $1`;
const isReadThere = async (since: string) => (await onReplica.rows(readSince, [since])).length > 0;

async function expectReadThereAgain(): Promise<void> {
  const since = await moment();
  await until("reports are read there again", async () => {
    await expectSeen();
    return isReadThere(since);
  });
}

async function moment(): Promise<string> {
  const [row] = await onReplica.rows<{ at: string }>("select clock_timestamp()::text as at");
  return row?.at ?? "";
}

const conflicts =
  "select confl_lock::int as count from pg_stat_database_conflicts where datname = current_database()";

describe.skipIf("why" in debian)("reports on a replica", () => {
  test("are read there, and always see what was committed before they were asked for", async () => {
    const begun = await moment();
    for (let count = 0; count < rounds(20, 300); count++) await expectSeen();
    expect(await isReadThere(begun)).toBe(true);
  });

  test("are read from the primary while it is behind, and there again when it is not", async () => {
    await onReplica.rows("select pg_wal_replay_pause()");
    const paused = await moment();
    for (let count = 0; count < 3; count++) await expectSeen();
    expect(await isReadThere(paused)).toBe(false);
    await onReplica.rows("select pg_wal_replay_resume()");
    await expectReadThereAgain();
  });

  test("are read again on the primary when it drops them for what it must replay", async () => {
    const owner = await openSql(databaseOn(primary).ownerUrl);
    let isOver = false;
    const locking = (async () => {
      while (!isOver) await owner.rows("begin; lock table stock.movements; commit");
    })();
    await until("a read was dropped", async () => {
      await expectSeen();
      const [row] = await onReplica.rows<{ count: number }>(conflicts);
      return (row?.count ?? 0) > 0;
    });
    isOver = true;
    await locking;
    await owner.close();
  });

  test("are read from the primary when its line goes silent", async () => {
    await expectReadThereAgain();
    line.stall();
    // A client's patience is shorter than what a report may take.
    for (let count = 0; count < 3; count++) await expectSeen();
    line.resume();
  });

  test("are read from the primary when it is gone, and nobody is refused", async () => {
    await expectReadThereAgain();
    process.kill(replica.pid, "SIGKILL");
    for (let count = 0; count < 3; count++) await expectSeen();
    await bakery.sell(client, shop.siteId, [{ itemId, quantity: "1" }]);
    made += 1;
    await expectSeen();
  });
});

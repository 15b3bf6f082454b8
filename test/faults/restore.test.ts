import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseOn, openCompany, sourceOf } from "../harness/debian-company.ts";
import {
  type DebianCluster,
  type DebianTools,
  debianTools,
  findDebianPostgres,
} from "../harness/debian-postgres.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import type { Told } from "./journal.ts";
import { drawFrom, isLong, until } from "./schedule.ts";
import { openSql, type Sql } from "./sql.ts";
import { openTrial, type Trial } from "./trial.ts";

// Row 14 of the matrix, wholly on Debian's PostgreSQL: log archived, base backup taken under load,
// the server killed and its folder abandoned, and the backup restored to a point in the load.
const debian = findDebianPostgres();
if ("why" in debian) console.log(`Skipped: ${debian.why}.`);

interface Point {
  readonly kind: "time" | "lsn" | "name";
  readonly value: string;
}

const points = {
  time: "select clock_timestamp()::text as value",
  lsn: "select pg_current_wal_insert_lsn()::text as value",
  name: "select pg_create_restore_point('between two sales'), 'between two sales' as value",
} as const;

let root: string;
let tools: DebianTools;
let source: DebianCluster;
let archive: string;
const running: DebianCluster[] = [];

async function restore(base: string, { kind, value }: Point): Promise<DebianCluster> {
  writeFileSync(join(base, "recovery.signal"), "");
  appendFileSync(
    join(base, "postgresql.auto.conf"),
    `restore_command = 'cp ${archive}/%f %p'
     recovery_target_${kind} = '${value}'
     recovery_target_action = 'promote'\n`,
  );
  const restored = await tools.start(base, { archive_mode: "off" });
  running.push(restored);
  const admin = await openSql(databaseOn(restored).adminUrl);
  const isOpen = async () => {
    const [row] = await admin.rows<{ open: boolean }>("select not pg_is_in_recovery() as open");
    return row?.open === true;
  };
  await until("the restored server is open", isOpen);
  await admin.close();
  return restored;
}

/** The whole log up to now is in the archive. */
async function archived(admin: Sql): Promise<void> {
  const [row] = await admin.rows<{ file: string }>(
    "select pg_walfile_name(pg_current_wal_insert_lsn()) as file",
  );
  await admin.rows("select pg_switch_wal()");
  const last = "select last_archived_wal >= $1 as done from pg_stat_archiver";
  await until("the log is archived", async () => {
    return (await admin.rows<{ done: boolean | null }>(last, [row?.file]))[0]?.done === true;
  });
}

/** What must hold at a point: all acknowledged before it is there, nothing begun after it is. */
function toldAt(all: readonly Told[], before: readonly Told[], after: readonly Told[]): Told[] {
  const had = new Set(before.filter((each) => each.acknowledged).map(({ key }) => key));
  const begun = new Set(after.map(({ key }) => key));
  return all.map((each) => {
    if (had.has(each.key)) return each;
    const { acknowledged: _, ...open } = each;
    if (each.refused !== undefined || begun.has(each.key)) return open;
    return { ...open, refused: "begun after the point" };
  });
}

beforeAll(async () => {
  if ("why" in debian) return;
  root = mkdtempSync(join(tmpdir(), "banneton-restore-"));
  tools = debianTools(debian.bin, root);
  archive = tools.folder("archive");
  source = await openCompany(tools, {
    archive_mode: "on",
    archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
  });
  running.push(source);
});

afterAll(async () => {
  for (const cluster of running) await cluster.stop();
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
});

describe.skipIf("why" in debian)("a base backup and the archived log", () => {
  test("restore all that was acknowledged before the point, and nothing begun after it", async () => {
    let web: WebProcess = await startWebProcess(databaseOn(source).appUrl);
    const database = databaseOn(source);
    const target = () => web.base;
    const trial: Trial = await openTrial({ name: "restore", database, tills: 6, target });
    const admin = await openSql(database.adminUrl);
    const load = trial.start();
    await trial.progress(load, trial.stream.between(20, 60));
    const kinds = isLong ? (["time", "lsn", "name"] as const) : [drawKind()];
    const bases = kinds.map((kind) => {
      const base = tools.folder(`base-${kind}`);
      tools.run(
        "pg_basebackup",
        "-d",
        sourceOf(source),
        "-D",
        base,
        "--checkpoint=fast",
        "-X",
        "none",
      );
      return base;
    });
    await trial.progress(load, trial.stream.between(20, 60));
    const before = trial.told();
    const taken: Point[] = [];
    for (const kind of kinds) {
      const [row] = await admin.rows<{ value: string }>(points[kind]);
      taken.push({ kind, value: row?.value ?? "" });
    }
    const after = trial.told();
    await trial.progress(load, trial.stream.between(20, 60));
    await load.stop();
    await archived(admin);
    await admin.close();
    process.kill(source.pid, "SIGKILL");
    await web.stop();
    for (const [index, point] of taken.entries()) {
      const restored = databaseOn(await restore(bases[index] ?? "", point));
      web = await startWebProcess(restored.appUrl);
      const told = toldAt(trial.told(), before, after);
      expect(told.filter((each) => each.acknowledged).length).toBeGreaterThan(40);
      expect(told.filter((each) => each.refused).length).toBeGreaterThan(20);
      expect(await trial.prove([web], { database: restored, told })).toEqual([]);
      await web.stop();
    }
    trial.close();
  });
});

const drawKind = () => drawFrom("restore point").pick(["time", "lsn", "name"] as const);

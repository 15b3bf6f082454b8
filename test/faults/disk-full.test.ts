import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OwnPostgres, startOwnPostgres } from "../harness/own-postgres.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import type { Load } from "./load.ts";
import { rounds, until } from "./schedule.ts";
import { openSql } from "./sql.ts";
import { comeAgain, openTrial, type Trial, unansweredOf } from "./trial.ts";

// Row 13 of the matrix: PostgreSQL's disk, a file system of limited size, is full.
const mount = mountLimited("192m");
let database: OwnPostgres;
let web: WebProcess;
let trial: Trial;

function mountLimited(size: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "banneton-disk-"));
  const { status } = spawnSync("/bin/mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", folder]);
  if (status === 0) return folder;
  rmdirSync(folder);
  console.log("Skipped: a full disk needs root and mount(8) for a file system of limited size.");
  return undefined;
}

beforeAll(async () => {
  if (mount === undefined) return;
  const settings = { min_wal_size: "32MB", max_wal_size: "48MB" };
  database = await startOwnPostgres({ parent: mount, settings });
  web = await startWebProcess(database.appUrl);
  trial = await openTrial({ name: "disk full", database, tills: 6, target: () => web.base });
});

afterAll(async () => {
  if (mount === undefined) return;
  await web?.stop();
  trial?.close();
  await database?.stop();
  spawnSync("/bin/umount", [mount]);
  rmdirSync(mount);
});

/** Takes what room there is, to the last byte. */
function fill(): void {
  const file = openSync(join(mount ?? "", "ballast"), "a");
  for (const bytes of [1 << 20, 4096, 1]) {
    const chunk = new Uint8Array(bytes);
    try {
      while (writeSync(file, chunk) === bytes);
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOSPC") throw error;
    }
  }
  closeSync(file);
}

const giveBack = () => rmSync(join(mount ?? "", "ballast"));
const refusals = () => unansweredOf(trial.told());
const isReady = async () => (await fetch(`${web.base}/readyz`)).status === 200;

/** By itself, or, where PostgreSQL has given up, after a start. */
async function recover(load: Load): Promise<void> {
  giveBack();
  await until("it recovers by itself", async () => (await isReady()) || !database.isRunning());
  if (!database.isRunning()) await database.restart();
  await until("the server is ready again", isReady);
  await trial.progress(load, 30);
}

async function expectSound(load: Load): Promise<void> {
  await load.stop();
  const said = new Set(refusals());
  expect(said.size).toBeGreaterThan(0);
  for (const each of said) expect(each).toMatch(comeAgain);
  expect(web.hasExited()).toBe(false);
  expect(await trial.prove([web])).toEqual([]);
}

describe.skipIf(mount === undefined)("on a full disk", () => {
  test("what does not fit is refused cleanly, and sells again when there is room", async () => {
    const load = trial.start();
    for (let times = 0; times < rounds(1, 10); times++) {
      await trial.progress(load, trial.stream.between(20, 80));
      fill();
      const before = refusals().length;
      await until("tills are refused", () => refusals().length > before + 12);
      await recover(load);
    }
    await expectSound(load);
  });

  test("without room for its log PostgreSQL goes down, and what was acknowledged is there after", async () => {
    const load = trial.start();
    await trial.progress(load, trial.stream.between(20, 80));
    fill();
    const admin = await openSql(database.adminUrl);
    const write = "select pg_logical_emit_message(false, 'ballast', repeat('x', 8000000))";
    await until("the log has no room", () =>
      admin.rows(write).then(
        () => false,
        () => true,
      ),
    );
    await admin.close().catch(() => {});
    const before = refusals().length;
    await until("tills are refused", () => refusals().length > before + 12);
    await recover(load);
    await expectSound(load);
  });
});

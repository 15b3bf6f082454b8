import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { recordDeed, sealAudit, verifyAudit } from "#modules/audit/index.ts";
import { parseWebConfig } from "#platform/config.ts";
import { newId } from "#platform/id.ts";
import { pause } from "#platform/pause.ts";
import { testCtx } from "../harness/deeds.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

const writers = 32;
const commandsEach = 30;

let database: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  database = await testDatabase();
  const { database: config } = parseWebConfig({ DATABASE_URL: database.appUrl });
  // Every writer has a connection of its own, and so have the sealers.
  web = openTestWeb(database.appUrl, {
    config: { database: { ...config, poolMax: writers + 4 } },
  });
});
afterAll(async () => {
  await web.close();
  await database.drop();
});

/** Up to three deeds with pauses around them, one of ten undone; answers the deeds that are done. */
async function command(): Promise<string[]> {
  const ids = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, newId);
  const isUndone = Math.random() < 0.1;
  try {
    await web.app.db.withTransaction(async (tx) => {
      for (const id of ids) {
        await recordDeed(tx, testCtx(web.app), {
          action: "item.price_changed",
          subject: { kind: "item", id },
        });
        await pause(Math.random() * 15);
      }
      if (isUndone) throw new Error("undone");
    });
    return ids;
  } catch (error) {
    expect((error as Error).message).toBe("undone");
    return [];
  }
}

async function write(): Promise<string[]> {
  const done: string[] = [];
  for (let times = 0; times < commandsEach; times++) done.push(...(await command()));
  return done;
}

test("32 writers that commit out of order, and sealers among them: every entry under one seal", async () => {
  let isWriting = true;
  let sealedMeanwhile = 0;
  const sealer = async () => {
    while (isWriting) {
      sealedMeanwhile += (await sealAudit(testCtx(web.app), { entriesMax: 50 })).entries;
    }
  };
  const sealing = [sealer(), sealer()];
  const done = (await Promise.all(Array.from({ length: writers }, write))).flat();
  isWriting = false;
  await Promise.all(sealing);
  await sealAudit(testCtx(web.app));

  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query(
    `select subject_id as id, (select count(*)::int from audit.seals s
       where e.seq between s.from_seq and s.to_seq) as seals from audit.entries e`,
  );
  const { rows: sums } = await owner.query(
    "select sum(count)::int as count, count(*)::int as seals from audit.seals",
  );
  await owner.end();
  expect(rows.map(({ id }) => id).sort()).toEqual(done.toSorted());
  expect(rows.filter(({ seals }) => seals !== 1)).toEqual([]);
  expect(sums[0].count).toBe(done.length);
  // Sealing does not wait for a moment without writers.
  expect(sealedMeanwhile).toBeGreaterThan(0);
  const proof = await web.app.db.withSnapshot(verifyAudit);
  expect(proof).toMatchObject({ broken: null, entries: done.length, seals: sums[0].seals });
}, 120_000);

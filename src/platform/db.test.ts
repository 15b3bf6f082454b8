import { afterAll, describe, expect, test } from "bun:test";
import { testDatabase } from "../../test/harness/postgres.ts";
import { startFaultyLine } from "../../test/harness/proxy.ts";
import { openTestWeb } from "../../test/harness/web.ts";
import { parseWebConfig } from "./config.ts";
import {
  inOrder,
  lookup,
  OutcomeUnknownError,
  openDatabase,
  statement,
  stateOf,
  type Tx,
} from "./db.ts";
import { instantText } from "./db-connections.ts";
import { silentLog } from "./log.ts";

const database = await testDatabase();
const { app, close } = openTestWeb(database.appUrl);
const { db } = app;
afterAll(async () => {
  await close();
  await database.drop();
});

const one = statement("test_one", "select 1 as n");
const fail = statement("test_fail", "select 1 / $1::integer as n");
const insert = statement(
  "test_insert",
  "insert into platform.idempotency (actor, route, key, request_hash, status, body) values ('t', 't', $1, '', 200, '')",
);
const find = statement("test_find", "select key from platform.idempotency where key = $1");
const exists = async (key: string) => (await db.run(find, [key])).length > 0;

describe("a transaction", () => {
  test("leaves nothing when its work fails", async () => {
    const work = async (tx: Tx) => {
      await tx.run(insert, ["failed"]);
      throw new Error("no");
    };
    await expect(db.withTransaction(work)).rejects.toThrow("no");
    expect(await exists("failed")).toBe(false);
  });

  test("fails as a whole when its last write is refused", async () => {
    const work = async (tx: Tx) => {
      await tx.run(insert, ["twice"]);
      tx.later(insert, ["twice"]);
    };
    expect(stateOf(await db.withTransaction(work).catch((error: unknown) => error))).toBe("23505");
    expect(await exists("twice")).toBe(false);
  });

  test("gives the first error of statements sent together", async () => {
    const work = (tx: Tx) => inOrder(tx.run(one), tx.run(fail, [0]), tx.run(insert, ["behind"]));
    const error = await db.withTransaction(work).catch((caught: unknown) => caught);
    expect(stateOf(error)).toBe("22012");
    expect(await exists("behind")).toBe(false);
  });

  test("runs again after a deadlock, and both sides happen", async () => {
    const lock = statement("test_lock", "select pg_advisory_xact_lock($1)");
    let waiting = 0;
    let meet: () => void = () => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    let attempts = 0;
    const side = (first: number, second: number, key: string) =>
      db.withTransaction(async (tx) => {
        attempts += 1;
        await tx.run(lock, [first]);
        waiting += 1;
        if (waiting === 2) meet();
        await met;
        await tx.run(lock, [second]);
        await tx.run(insert, [key]);
      });
    await Promise.all([side(1, 2, "left"), side(2, 1, "right")]);
    expect(attempts).toBe(3);
    expect([await exists("left"), await exists("right")]).toEqual([true, true]);
  });

  test("whose connection is lost at COMMIT has an unknown outcome", async () => {
    const { app: observed, close: stop } = openTestWeb(database.appUrl, {
      observe: (sql) => {
        if (sql === "commit") throw new Error("Connection terminated unexpectedly");
      },
    });
    const lost = observed.db.withTransaction((tx) => tx.run(insert, ["lost"]));
    await expect(lost).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(await exists("lost")).toBe(true);
    await stop();
  });

  test("tells a COMMIT lost at once from one that was waited for until the server gave up", async () => {
    const line = await startFaultyLine(database.appUrl);
    const settings = parseWebConfig({
      DATABASE_URL: line.url,
      DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: "1200",
    });
    const far = openDatabase(settings.database, { log: silentLog });
    const lostBy = async (harm: () => void, key: string) => {
      const lost = far.withTransaction(async (tx) => {
        await tx.run(insert, [key]);
        harm();
      });
      const error = await lost.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(OutcomeUnknownError);
      return (error as OutcomeUnknownError).isSilent;
    };
    expect(await lostBy(() => line.cutAfterNextCommit(), "cut")).toBe(false);
    expect(await lostBy(() => line.stall(), "held")).toBe(true);
    line.resume();
    await far.close();
    await line.close();
    expect([await exists("cut"), await exists("held")]).toEqual([true, false]);
  });
});

test("a terminated backend fails its own request and the pool goes on", async () => {
  const kill = statement("test_kill", "select pg_terminate_backend(pg_backend_pid())");
  await expect(db.run(kill)).rejects.toThrow();
  expect(await db.run<{ n: number }>(one)).toEqual([{ n: 1 }]);
});

test("look-ups go on when the connections they share are lost", async () => {
  const find = lookup("test_shared", "select pg_backend_pid() as pid");
  const ask = () => Promise.all(Array.from({ length: 20 }, () => db.run<{ pid: number }>(find)));
  const pids = (await ask()).flat().map(({ pid }) => pid);
  const shared = [...new Set(pids)];
  expect(shared).toHaveLength(2);
  const end = statement("test_end", "select pg_terminate_backend(unnest($1::integer[]))");
  await db.run(end, [shared]);
  for (const [row] of await ask()) expect(shared).not.toContain(row?.pid);
});

test("instants come as RFC 3339 in UTC, decimals and bigints as text", async () => {
  const types = statement(
    "test_types",
    `select timestamptz '2026-11-21 04:54:59.12+01' as at, 1.50::numeric as n, 9007199254740993 as big,
       date '2026-11-21' as day, true as yes, 7::smallint as small`,
  );
  expect(await db.run(types)).toEqual([
    {
      at: "2026-11-21T03:54:59.12Z",
      n: "1.50",
      big: "9007199254740993",
      day: "2026-11-21",
      yes: true,
      small: 7,
    },
  ]);
  expect(instantText("2026-11-21 03:54:59+00")).toBe("2026-11-21T03:54:59Z");
});

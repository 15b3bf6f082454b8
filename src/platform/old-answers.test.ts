import { expect, test } from "bun:test";
import { openSql } from "../../test/faults/sql.ts";
import { testDatabase } from "../../test/harness/postgres.ts";
import { openTestWeb } from "../../test/harness/web.ts";
import { deleteOldAnswers } from "./old-answers.ts";

test("answers are kept for 35 days and no longer, in whatever number", async () => {
  const database = await testDatabase();
  const { app, close } = openTestWeb(database.appUrl);
  const sql = await openSql(database.ownerUrl);
  await sql.rows(
    `insert into platform.idempotency (actor, route, key, request_hash, status, body, created_at)
     select 'a', 'r', n::text, 'h', 200, 'null', now() - interval '35 days' - n * interval '1 minute'
     from generate_series(-1, 12000) n where n <> 0`,
  );
  expect(await deleteOldAnswers(app.db)).toBe(12_000);
  expect(await sql.rows("select key from platform.idempotency")).toEqual([{ key: "-1" }]);
  await Promise.all([sql.close(), close()]);
  await database.drop();
});

import { afterAll, describe, expect, test } from "bun:test";
import { testDatabase } from "../../test/harness/postgres.ts";
import { openTestWeb } from "../../test/harness/web.ts";
import { type Command, hashOf, runCommand } from "./command.ts";
import { type Ctx, SYSTEM_ACTOR } from "./context.ts";
import { statement } from "./db.ts";
import { AppError } from "./errors.ts";
import { newId } from "./id.ts";

const database = await testDatabase();
const { app, close } = openTestWeb(database.appUrl);
afterAll(async () => {
  await close();
  await database.drop();
});

const ctx: Ctx = { app, actor: SYSTEM_ACTOR, traceId: "", now: app.now, log: app.log };
const counts = { name: "tests_run", help: "Tests run" };
const commandOf = (): Command => ({ route: "tests", key: newId(), body: { n: 1 }, counts });
const short = () => new AppError("conflict", "test.short", "There is none left.");
const answer = statement(
  "test_answer",
  `insert into platform.idempotency (actor, route, key, request_hash, status, body)
   values ($1, $2, $3, $4, 201, '"of the twin"')`,
);

/** What a twin leaves that commits between our snapshot and our lock. */
function commitTwin({ route, key, body }: Command) {
  return app.db.withTransaction((tx) => tx.run(answer, [ctx.actor.id, route, key, hashOf(body)]));
}

describe("a command whose twin commits unseen", () => {
  test("is not refused for what the twin took: it answers with the twin", async () => {
    const command = commandOf();
    const result = await runCommand<string>(ctx, command, async () => {
      await commitTwin(command);
      throw short();
    });
    expect(result).toEqual({ status: 201, body: "of the twin", replayed: true });
  });

  test("does not happen twice when nothing else refuses it", async () => {
    const command = commandOf();
    const result = await runCommand<string>(ctx, command, async () => {
      await commitTwin(command);
      return { status: 201, body: "mine" };
    });
    expect(result).toEqual({ status: 201, body: "of the twin", replayed: true });
  });
});

test("a refusal without a twin is a refusal, and runs once", async () => {
  let runs = 0;
  const refused = runCommand(ctx, commandOf(), async () => {
    runs += 1;
    throw short();
  });
  await expect(refused).rejects.toThrow("There is none left.");
  expect(runs).toBe(1);
});

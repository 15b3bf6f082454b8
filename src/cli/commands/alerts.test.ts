import { afterAll, beforeAll, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { deliverDue, outsideConfig, sqlOf } from "../../../test/harness/alerts.ts";
import { make } from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openReceiver, type Receiver } from "../../../test/harness/receiver.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let receiver: Receiver;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await testDatabase();
  receiver = await openReceiver();
  env = {
    SLACK_WEBHOOK_URL: `${receiver.url}/s3cr3t`,
    OUTBOUND_ALLOW: `127.0.0.1:${receiver.port}`,
  };
  web = openTestWeb(database.appUrl, { config: outsideConfig(env) });
});
afterAll(async () => {
  await Promise.all([web.close(), receiver.close()]);
  await database.drop();
});

async function banneton(...args: string[]): Promise<{ code: number; text: string }> {
  const child = Bun.spawn([process.execPath, "src/cli/main.ts", ...args], {
    cwd: new URL("../../..", import.meta.url).pathname,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: database.appUrl,
      MIGRATE_DATABASE_URL: database.ownerUrl,
      NO_COLOR: "1",
      ...env,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, text: out + err };
}

test("a sample is sent on each channel, and the one that fails is named", async () => {
  const sent = await banneton("alerts", "test");
  expect([sent.code, receiver.received.length]).toEqual([0, 1]);
  expect(sent.text).toContain("slack  sent");
  receiver.answer = (_, response) => void response.writeHead(404).end();
  const failed = await banneton("alerts", "test");
  expect(failed.code).toBe(1);
  expect(failed.text).toContain("slack  FAILED");
  expect(sent.text + failed.text).not.toContain("s3cr3t");
});

test("dead deliveries are sent again, or one by its id", async () => {
  const hook = { url: receiver.url, kinds: ["alert.opened"] };
  const { id } = await make(web.client, "/webhooks", hook, {});
  const { id: deliveryId } = await make(web.client, `/webhooks/${id}/test`, {}, {});
  const sql = sqlOf(web);
  const die = () => sql("update webhooks.deliveries set state = 'dead', next_try_at = null");
  await die();
  expect((await banneton("webhooks", "redeliver", "--webhook", newId())).text).toContain("0 del");
  expect((await banneton("webhooks", "redeliver")).text).toBe(
    "1 delivery(s) will be tried again.\n",
  );
  receiver.answer = (_, response) => void response.end();
  await deliverDue(web);
  expect((await banneton("webhooks", "redeliver", deliveryId)).code).toBe(0);
  const [row] = await sql<{ state: string }>("select state from webhooks.deliveries");
  expect(row?.state).toBe("waiting");
  expect((await banneton("webhooks", "redeliver", newId())).code).toBe(1);
  expect((await banneton("webhooks", "redeliver", "x")).code).toBe(1);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { until } from "../faults/schedule.ts";
import { outsideConfig, sqlOf } from "../harness/alerts.ts";
import * as bakery from "../harness/bakery.ts";
import { type MailSink, openMailSink } from "../harness/mail-sink.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openReceiver, type Receiver } from "../harness/receiver.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";
import { startWorkerProcess } from "../harness/worker-process.ts";

const password = "s3cr3t-of-the-mail";
const slackSecret = "s3cr3t-of-slack";

let database: TestDatabase;
let web: TestWeb;
let outside: Receiver;
let mail: MailSink;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await testDatabase();
  outside = await openReceiver();
  mail = await openMailSink(password);
  env = {
    SLACK_WEBHOOK_URL: `${outside.url}/slack/${slackSecret}`,
    SMTP_URL: `smtp://alerts:${password}@127.0.0.1:${mail.port}`,
    ALERT_EMAIL_TO: "ann@bakery.example",
    ALERT_EMAIL_FROM: "alerts@bakery.example",
    OUTBOUND_ALLOW: `127.0.0.1:${outside.port},127.0.0.1:${mail.port}`,
  };
  web = openTestWeb(database.appUrl, { config: outsideConfig(env) });
});
afterAll(async () => {
  await Promise.all([web.close(), outside.close(), mail.close()]);
  await database.drop();
});

const hooks = () => outside.received.filter(({ path }) => path === "/hook");

test("of a sale that leaves too little everybody hears once, from two compiled workers", async () => {
  const { client } = web;
  const { siteId } = await bakery.openShop(client);
  const itemId = await bakery.addItem(client, { name: "Rye", reorderLevel: "5" });
  await bakery.receive(client, siteId, [{ itemId, quantity: "9", totalCost: "9.00" }]);
  const kinds = ["sale.recorded", "alert.opened", "alert.closed"];
  const hook = { url: `${outside.url}/hook`, kinds };
  const { secret } = await bakery.make(client, "/webhooks", hook, {});
  const start = () => startWorkerProcess(database.appUrl, { env });
  const workers = await Promise.all([start(), start()]);
  for (let sale = 0; sale < 5; sale++) {
    await bakery.sell(client, siteId, [{ itemId, quantity: "1" }]);
  }
  await until("all are told", () => hooks().length >= 6 && mail.mails.length >= 1);
  await until("nothing waits any more", async () => {
    const waiting = await sqlOf(web)(
      "select 1 from pgboss.job_common where name ~ '^(alerts|webhooks)' and state < 'completed'",
    );
    return waiting.length === 0;
  });
  const types = hooks().map(({ body, headers }) => {
    return (new Webhook(secret).verify(body, headers) as { type: string }).type;
  });
  expect(types.sort()).toEqual(["alert.opened", ...Array(5).fill("sale.recorded")]);
  expect(outside.received.length - hooks().length).toBe(1);
  expect(mail.mails.length).toBe(1);
  const output = workers.map((worker) => worker.output()).join();
  expect(output.match(/An alert was opened/g)).toHaveLength(1);
  for (const each of [password, slackSecret, secret]) expect(output).not.toContain(each);
  expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual([0, 0]);
}, 180_000);

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { createLog } from "#platform/log.ts";
import {
  deliverDue,
  jobCtx,
  notifyDue,
  outsideConfig,
  sqlOf,
} from "../../../test/harness/alerts.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type MailSink, openMailSink } from "../../../test/harness/mail-sink.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openReceiver, type Receiver } from "../../../test/harness/receiver.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { evaluateSite, testChannels } from "./index.ts";
import { sendNotice } from "./service/notify.ts";

interface Told {
  readonly type: string;
  readonly data: { readonly id: string };
}

const password = "s3cr3t-of-the-mail";
const slackPath = "/services/T0/B0/s3cr3t-of-slack";

let database: TestDatabase;
let web: TestWeb;
let slack: Receiver;
let mail: MailSink;
let siteId: string;
const lines: string[] = [];
const log = createLog({
  level: "debug",
  now: () => new Date(),
  write: (line) => void lines.push(line),
});

const settings = (change: Readonly<Record<string, string>> = {}) =>
  outsideConfig({
    SLACK_WEBHOOK_URL: `${slack.url}${slackPath}`,
    SMTP_URL: `smtp://alerts:${password}@127.0.0.1:${mail.port}`,
    ALERT_EMAIL_TO: "ann@bakery.example, bea@bakery.example",
    ALERT_EMAIL_FROM: "alerts@bakery.example",
    OUTBOUND_ALLOW: `127.0.0.1:${slack.port},127.0.0.1:${mail.port}`,
    ...change,
  });

beforeAll(async () => {
  database = await testDatabase();
  slack = await openReceiver();
  mail = await openMailSink(password);
  web = openTestWeb(database.appUrl, { config: settings() });
});
afterAll(async () => {
  await Promise.all([web.close(), slack.close(), mail.close()]);
  await database.drop();
});
beforeEach(async () => {
  await sqlOf(web)("update alerts.notices set sent_at = now() where sent_at is null");
  slack.received.length = 0;
  mail.mails.length = 0;
  lines.length = 0;
  slack.answer = (_, response) => void response.end("ok");
});

/** A shop with one item that is low, and its alert. */
async function runLow(name: string): Promise<string> {
  siteId = (await bakery.openShop(web.client)).siteId;
  const itemId = await bakery.addItem(web.client, { name, reorderLevel: "5" });
  const lines = [{ itemId, quantity: "1", totalCost: "77.77" }];
  await bakery.receive(web.client, siteId, lines);
  await evaluateSite(jobCtx(web), siteId);
  const { data } = await bakery.read(web.client, `/alerts?siteId=${siteId}`);
  return data[0].id;
}

describe("people are told", () => {
  test("by a line, in Slack and by e-mail, once each, without costs", async () => {
    await runLow("Rye <flour> & bran");
    expect(await notifyDue(web, jobCtx(web, log))).toBe(0);
    await notifyDue(web, jobCtx(web, log));
    expect(lines.filter((line) => line.includes("An alert was opened")).length).toBe(1);
    expect(slack.received.length).toBe(1);
    const { text } = JSON.parse(slack.received[0]?.body ?? "{}");
    expect(text).toStartWith("Low stock: Rye &lt;flour&gt; &amp; bran at Shop");
    expect(text).toContain("1 kg available, reorder at 5 kg");
    expect(slack.received[0]?.path).toBe(slackPath);
    const [sent] = mail.mails;
    expect([mail.mails.length, sent?.to]).toEqual([
      1,
      ["ann@bakery.example", "bea@bakery.example"],
    ]);
    expect(sent?.text).toContain("Low stock: Rye <flour> & bran at Shop");
    expect(JSON.stringify([lines, slack.received, mail.mails])).not.toContain("77.77");
  });

  test("by one line of several of a kind at a site", async () => {
    siteId = (await bakery.openShop(web.client)).siteId;
    for (const name of ["Seeds of one kind", "Seeds of another"]) {
      const itemId = await bakery.addItem(web.client, { name, reorderLevel: "5" });
      await bakery.receive(web.client, siteId, [{ itemId, quantity: "1", totalCost: "1.00" }]);
    }
    await evaluateSite(jobCtx(web), siteId);
    await notifyDue(web, jobCtx(web, log));
    await notifyDue(web, jobCtx(web, log));
    const [line, ...others] = lines.filter((each) => each.includes("opened"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      message: "Alerts were opened",
      name: "low_stock",
      count: 2,
      siteId,
    });
    expect(others).toEqual([]);
  });

  test("when Slack was down and is up again; who was told meanwhile is not told again", async () => {
    await runLow("Oats");
    slack.answer = (_, response) => void response.writeHead(503).end();
    expect(await notifyDue(web)).toBe(1);
    expect([slack.received.length, mail.mails.length]).toEqual([1, 1]);
    slack.answer = (_, response) => void response.end("ok");
    expect(await notifyDue(web)).toBe(0);
    expect([slack.received.length, mail.mails.length]).toEqual([2, 1]);
  });

  test("once by two workers with the same job", async () => {
    await runLow("Barley");
    const [notice] = await sqlOf(web)<{ id: string }>(
      "select id from alerts.notices where channel = 'slack' and sent_at is null",
    );
    const id = notice?.id ?? "";
    const both = await Promise.allSettled([
      sendNotice(jobCtx(web), id),
      sendNotice(jobCtx(web), id),
    ]);
    expect(both.some(({ status }) => status === "fulfilled")).toBe(true);
    await sendNotice(jobCtx(web), id);
    expect(slack.received.length).toBe(1);
  });

  test("nothing that a name could smuggle into an e-mail's head", async () => {
    await runLow("Spelt\r\nBcc: eve@evil.example");
    await notifyDue(web);
    const [head = ""] = (mail.mails[0]?.text ?? "").split("\r\n\r\n");
    expect(head).not.toMatch(/^Bcc:/im);
    expect(mail.mails[0]?.to).not.toContain("eve@evil.example");
  });

  test("a sample on request, and which channel did not take it", async () => {
    const ctx = jobCtx(web, log);
    expect((await testChannels(ctx)).every(({ isSent }) => isSent)).toBe(true);
    expect([slack.received.length, mail.mails.length]).toEqual([1, 1]);
    const config = settings({ SMTP_URL: `smtp://alerts:wrong-pass@127.0.0.1:${mail.port}` });
    const other = openTestWeb(database.appUrl, { config });
    const tried = await testChannels(jobCtx(other, log));
    expect(tried.find(({ channel }) => channel === "email")?.isSent).toBe(false);
    expect(lines.join()).not.toContain("wrong-pass");
    await other.close();
  });

  test("never in the clear, but where an exception says so, nor at a private address", async () => {
    const config = settings({ OUTBOUND_ALLOW: "127.0.0.1:1" });
    const strict = openTestWeb(database.appUrl, { config });
    const tried = await testChannels(jobCtx(strict, log));
    expect(tried.map(({ isSent }) => isSent)).toEqual([true, false, false]);
    expect([slack.received.length, mail.mails.length]).toEqual([0, 0]);
    expect(lines.join()).not.toMatch(/s3cr3t/);
    await strict.close();
  });
});

describe("programs are told", () => {
  test("of what is opened and of what is closed, by signed webhooks", async () => {
    const hook = { url: `${slack.url}/hook`, kinds: ["alert.opened", "alert.closed"] };
    const { secret } = await bakery.make(web.client, "/webhooks", hook, {});
    const id = await runLow("Wheat");
    await sqlOf(web)("update catalog.items set reorder_level = null");
    await evaluateSite(jobCtx(web), siteId);
    await deliverDue(web);
    const got = slack.received.map(({ body, headers }) => {
      const { type, data } = new Webhook(secret).verify(body, headers) as Told;
      return { type, id: data.id, messageId: headers["webhook-id"] };
    });
    expect(got.toSorted((a, b) => (a.messageId! < b.messageId! ? -1 : 1))).toEqual([
      { type: "alert.closed", id, messageId: `alr_${id}_closed` },
      { type: "alert.opened", id, messageId: `alr_${id}_opened` },
    ]);
    expect(JSON.stringify(slack.received)).not.toContain("77.77");
  });
});

describe("acknowledged", () => {
  test("once, by whom, in the audit, and until its cause is gone", async () => {
    const id = await runLow("Maize");
    const ask = () => web.client.ask("POST", `/alerts/${id}/acknowledge`);
    const { status, body } = await ask();
    expect([status, body.state]).toEqual([200, "acknowledged"]);
    expect((await ask()).body.acknowledgedAt).toBe(body.acknowledgedAt);
    const deeds = await sqlOf(web)<{ action: string }>(
      "select action, site_id from audit.entries where subject_id = $1",
      [id],
    );
    expect(deeds).toEqual([{ action: "alert.acknowledged", site_id: siteId }] as never);
    expect(await evaluateSite(jobCtx(web), siteId)).toEqual({ opened: 0, closed: 0 });
    await sqlOf(web)("update catalog.items set reorder_level = null");
    await evaluateSite(jobCtx(web), siteId);
    expect((await bakery.read(web.client, `/alerts/${id}`)).state).toBe("closed");
    const other = await runLow("Millet");
    await sqlOf(web)("update catalog.items set reorder_level = null");
    await evaluateSite(jobCtx(web), siteId);
    const late = await web.client.ask("POST", `/alerts/${other}/acknowledge`);
    expect([late.status, late.body.code]).toEqual([409, "alerts.closed"]);
  });
});

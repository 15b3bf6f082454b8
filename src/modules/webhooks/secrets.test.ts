import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { createLog } from "#platform/log.ts";
import { deliverDue, jobCtx, outsideConfig, sqlOf } from "../../../test/harness/alerts.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openReceiver, type Receiver } from "../../../test/harness/receiver.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { announceEvent } from "./service/announce.ts";

let database: TestDatabase;
let web: TestWeb;
let receiver: Receiver;

beforeAll(async () => {
  database = await testDatabase();
  receiver = await openReceiver();
  const config = outsideConfig({ OUTBOUND_ALLOW: `127.0.0.1:${receiver.port}` });
  web = openTestWeb(database.appUrl, { config });
});
afterAll(async () => {
  await Promise.all([web.close(), receiver.close()]);
  await database.drop();
});
beforeEach(async () => {
  await sqlOf(web)("update webhooks.webhooks set disabled_at = now(), disabled_reason = 'off'");
  await sqlOf(web)("delete from webhooks.deliveries");
  receiver.received.length = 0;
  receiver.answer = (_, response) => void response.end("ok");
});

const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  web.client.ask(method, path, { body, headers });
async function added(fields: object = {}) {
  const body = { url: `${receiver.url}/in`, kinds: ["sale.recorded", "alert.opened"], ...fields };
  return bakery.make(web.client, "/webhooks", body, {});
}
const event = (fields: object = {}) => ({
  ...{ id: newId(), type: "sale.recorded", siteId: null, businessDate: "2026-11-27" },
  ...{ subjectId: newId(), payload: {}, recordedAt: "2026-11-27T10:00:00Z", ...fields },
});
const heard = (each = event()) => announceEvent(jobCtx(web), each);
const down = () => {
  receiver.answer = (_, response) => void response.writeHead(500).end();
};

describe("its secret and its address", () => {
  test("are in the answer that issues them, and in no log, list, audit or body", async () => {
    const lines: string[] = [];
    const log = createLog({
      level: "debug",
      now: () => new Date(),
      write: (line) => void lines.push(line),
    });
    const { id, secret } = await added({ url: `${receiver.url}/in?token=s3cr3t` });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/=]{44}$/);
    const rotated = (await ask("POST", `/webhooks/${id}/rotate-secret`)).body.secret;
    down();
    await heard();
    await deliverDue(web, jobCtx(web, log));
    const shown = [
      await ask("GET", `/webhooks/${id}`),
      await ask("GET", "/webhooks?limit=200"),
      await ask("GET", `/webhooks/${id}/deliveries`),
    ];
    const told = JSON.stringify([shown, lines, receiver.received]);
    for (const each of [secret, rotated]) expect(told).not.toContain(each.slice("whsec_".length));
    expect(lines.join()).toContain("A webhook was not delivered");
    expect(lines.join()).not.toContain("s3cr3t");
    const entries = await sqlOf(web)("select e::text from audit.entries e");
    expect(JSON.stringify(entries)).not.toMatch(/s3cr3t|whsec_/);
    expect((await ask("DELETE", `/webhooks/${id}`)).status).toBe(204);
    const [gone] = await sqlOf(web)<{ secret: unknown; previous_secret: unknown }>(
      "select secret, previous_secret from webhooks.webhooks where id = $1",
      [id],
    );
    expect(gone).toEqual({ secret: null, previous_secret: null });
    expect((await ask("GET", `/webhooks/${id}`)).status).toBe(404);
  });

  test("an address that is not https, not public or holds credentials is refused", async () => {
    const urls = ["http://hooks.example/", "https://a:b@hooks.example/", "https://10.0.0.1/"];
    for (const url of [...urls, "https://169.254.169.254/latest", "https://[::1]/"]) {
      const { status, body } = await ask("POST", "/webhooks", { url, kinds: ["alert.opened"] });
      expect([status, body.code]).toEqual([422, "webhooks.url"]);
    }
    const { id } = await added();
    const { status } = await web.client.patch(`/webhooks/${id}`, 1, { url: urls[0] });
    expect(status).toBe(422);
    expect((await web.client.patch(`/webhooks/${id}`, 9, { isEnabled: false })).status).toBe(412);
  });
});

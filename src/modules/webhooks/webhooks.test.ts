import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { newId } from "#platform/id.ts";
import { deliverDue, jobCtx, outsideConfig, sqlOf } from "../../../test/harness/alerts.ts";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { openReceiver, type Received, type Receiver } from "../../../test/harness/receiver.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";
import { announce } from "./index.ts";
import { announceEvent } from "./service/announce.ts";
import { deliver, sweepDeliveries } from "./service/deliver.ts";

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
async function deliveriesOf(id: string) {
  return (await bakery.read(web.client, `/webhooks/${id}/deliveries`)).data;
}
/** As if the pause were over. */
const later = () =>
  sqlOf(web)("update webhooks.deliveries set next_try_at = now() where state = 'waiting'");
const down = () => {
  receiver.answer = (_, response) => void response.writeHead(500).end();
};
const verify = (secret: string, { body, headers }: Received) =>
  new Webhook(secret).verify(body, headers) as Record<string, unknown>;

describe("what a webhook is sent", () => {
  test("an event it is told of, signed, once, however often the event is handed on", async () => {
    const { id, secret } = await added();
    const sale = event();
    await Promise.all([heard(sale), heard(sale), heard(sale)]);
    await heard(sale);
    expect(await deliverDue(web)).toBe(0);
    expect(await deliverDue(web)).toBe(0);
    expect(receiver.received.length).toBe(1);
    const [got] = receiver.received as [Received];
    expect(verify(secret, got)).toEqual({
      type: "sale.recorded",
      timestamp: sale.recordedAt,
      data: { id: sale.id, siteId: null, businessDate: "2026-11-27", subjectId: sale.subjectId },
    });
    expect(got.headers["webhook-id"]).toBe(`evt_${sale.id}`);
    const [delivery] = await deliveriesOf(id);
    expect(delivery).toMatchObject({ state: "delivered", attempts: 1, lastStatus: 200 });
  });

  test("a signature over another body, id, time or of another secret is refused", async () => {
    const { secret } = await added();
    const other = await added({ kinds: ["alert.closed"] });
    await heard();
    await deliverDue(web);
    const [got] = receiver.received as [Received];
    const tampered = [
      { ...got, body: got.body.replace("sale", "sala") },
      { ...got, headers: { ...got.headers, "webhook-id": "evt_x" } },
      { ...got, headers: { ...got.headers, "webhook-timestamp": "1764237600" } },
      { ...got, headers: { ...got.headers, "webhook-signature": "v1,AAAA" } },
    ];
    for (const each of tampered) expect(() => verify(secret, each)).toThrow();
    expect(() => verify(other.secret, got)).toThrow();
  });

  test("nothing of other kinds or other sites, and only its sites if it has some", async () => {
    const { siteId } = await bakery.openShop(web.client);
    const { siteId: elsewhere } = await bakery.openShop(web.client);
    await added({ kinds: ["alert.closed"] });
    const { id } = await added({ siteIds: [siteId] });
    for (const at of [siteId, elsewhere, null]) await heard(event({ siteId: at }));
    await deliverDue(web);
    expect(receiver.received.length).toBe(1);
    expect((await deliveriesOf(id)).length).toBe(1);
  });

  test("nothing of what was not committed", async () => {
    await added();
    const undone = web.app.db.withTransaction(async (tx) => {
      const happenedAt = "2026-11-27T10:00:00Z";
      const what = { messageId: newId(), kind: "sale.recorded", siteId: null, happenedAt };
      await announce(tx, { ...what, data: {} });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await deliverDue(web)).toBe(0);
    expect(receiver.received).toEqual([]);
  });

  test("for a day after a rotation both secrets sign; then the new one alone", async () => {
    const { id, secret } = await added();
    const rotated = (await ask("POST", `/webhooks/${id}/rotate-secret`)).body;
    expect(rotated.secret).not.toBe(secret);
    await heard();
    await deliverDue(web);
    const [both] = receiver.received as [Received];
    for (const each of [secret, rotated.secret]) verify(each, both);
    await sqlOf(web)("update webhooks.webhooks set previous_until = now()");
    await heard();
    await deliverDue(web);
    const [, one] = receiver.received as [Received, Received];
    verify(rotated.secret, one);
    expect(() => verify(secret, one)).toThrow();
  });
});

describe("when it fails", () => {
  test("it is tried again, later each time, under the same id, until the receiver is up", async () => {
    const { id } = await added();
    await heard();
    down();
    await deliverDue(web);
    await deliverDue(web);
    expect(receiver.received.length).toBe(1);
    const [waiting] = await deliveriesOf(id);
    expect(waiting).toMatchObject({ state: "waiting", attempts: 1, lastStatus: 500 });
    expect((await bakery.read(web.client, `/webhooks/${id}`)).failingSince).not.toBeNull();
    const [job] = await sqlOf(web)<{ at: string }>(
      "select start_after as at from pgboss.job_common where data->>'deliveryId' = $1 order by created_on desc, start_after desc limit 1",
      [waiting.id],
    );
    expect(job?.at).toBe(waiting.nextTryAt);
    await later();
    receiver.answer = (_, response) => void response.writeHead(204).end();
    await deliverDue(web);
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect((await deliveriesOf(id))[0]).toMatchObject({ state: "delivered", attempts: 2 });
    expect((await bakery.read(web.client, `/webhooks/${id}`)).failingSince).toBeNull();
  });

  test("after about a day it is dead, and can be sent again by hand", async () => {
    const { id } = await added();
    await heard();
    down();
    let attempts = 0;
    let waited = 0;
    for (;;) {
      await deliverDue(web);
      attempts += 1;
      const [row] = await sqlOf(web)<{ seconds: string | null }>(
        "select extract(epoch from next_try_at - now())::float8 as seconds from webhooks.deliveries",
      );
      if (row?.seconds == null) break;
      waited += Number(row.seconds);
      await later();
    }
    expect(attempts).toBe(11);
    expect(waited / 3_600).toBeGreaterThan(23);
    expect(waited / 3_600).toBeLessThan(25);
    const [dead] = await deliveriesOf(id);
    expect(dead).toMatchObject({ state: "dead", nextTryAt: null, attempts: 11 });
    receiver.answer = (_, response) => void response.end();
    const again = await ask("POST", `/webhooks/${id}/deliveries/${dead.id}/redeliver`);
    expect([again.status, again.body.state]).toEqual([200, "waiting"]);
    await deliverDue(web);
    expect((await deliveriesOf(id))[0].state).toBe("delivered");
    expect(receiver.received.at(-1)?.headers["webhook-id"]).toBe(dead.messageId);
  });

  test("one that fails for days, or says it is gone, is switched off until it is switched on", async () => {
    const { id } = await added();
    down();
    await heard();
    await sqlOf(web)("update webhooks.webhooks set failing_since = now() - interval '5 days'");
    await deliverDue(web);
    const off = await bakery.read(web.client, `/webhooks/${id}`);
    expect([off.isEnabled, off.disabledReason, off.version]).toEqual([false, "failing", 2]);
    await heard();
    expect((await deliveriesOf(id)).map((each: { state: string }) => each.state)).toEqual(["dead"]);
    expect((await ask("POST", `/webhooks/${id}/test`)).body.code).toBe("webhooks.disabled");
    const on = await web.client.patch(`/webhooks/${id}`, 2, { isEnabled: true });
    expect([on.body.isEnabled, on.body.failingSince]).toEqual([true, null]);
    receiver.answer = (_, response) => void response.writeHead(410).end();
    expect((await ask("POST", `/webhooks/${id}/test`)).status).toBe(201);
    await deliverDue(web);
    expect((await bakery.read(web.client, `/webhooks/${id}`)).disabledReason).toBe("gone");
  });

  test("two workers with the same job make one try of it", async () => {
    const { id } = await added();
    await heard();
    const [{ id: deliveryId }] = await deliveriesOf(id);
    const other = openTestWeb(database.appUrl, { config: web.app.config });
    let answer = () => {};
    const asked = new Promise<void>((arrived) => {
      receiver.answer = (_, response) => {
        answer = () => void response.end();
        arrived();
      };
    });
    const first = deliver(jobCtx(web), deliveryId);
    await asked;
    await expect(deliver(jobCtx(other), deliveryId)).rejects.toThrow("Somebody is at this");
    answer();
    await first;
    await deliver(jobCtx(other), deliveryId);
    expect(receiver.received.length).toBe(1);
    await other.close();
  });

  test("a try whose worker died is made by another, and a job that was lost is missed", async () => {
    const { id } = await added();
    await heard();
    const sql = sqlOf(web);
    await sql(
      "update webhooks.deliveries set claimed_until = now() - interval '1 second', attempts = 1",
    );
    await deliverDue(web);
    expect((await deliveriesOf(id))[0]).toMatchObject({ state: "delivered", attempts: 2 });
    await heard();
    await sql(
      "update webhooks.deliveries set next_try_at = now() - interval '11 minutes' where state = 'waiting'",
    );
    await sql("delete from pgboss.job_common where name = 'webhooks.deliver'");
    await sweepDeliveries(jobCtx(web));
    const jobs = await sql("select 1 from pgboss.job_common where name = 'webhooks.deliver'");
    expect(jobs.length).toBe(1);
  });

  test("a name that leads home is refused when it is called, and redirects are failures", async () => {
    const { id } = await added({ url: `https://localhost:${receiver.port}/` });
    await heard();
    await deliverDue(web);
    expect((await deliveriesOf(id))[0]).toMatchObject({ lastProblem: "address_refused" });
    expect(receiver.received).toEqual([]);
  });
});

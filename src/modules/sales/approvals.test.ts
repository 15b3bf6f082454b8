import { afterAll, describe, expect, test } from "bun:test";
import { newId } from "#platform/id.ts";
import { addItem, key, make, sell } from "../../../test/harness/bakery.ts";
import { bearer, noId, openTills, type PairedTill } from "../../../test/harness/tills.ts";

const tills = await openTills();
const { client, as, sql, shop, otherShop } = tills;
afterAll(() => tills.close());
const managerPin = "7719";
const cashier = await tills.person([{ role: "cashier", siteId: shop.siteId }], "5290");
const manager = await tills.person([{ role: "manager", siteId: shop.siteId }], managerPin);
const till = await tills.pair();
const second = await tills.pair(shop.tillIds[1]);
const itemId = await addItem(client, { kind: "product", stocking: "none", unit: "piece" });
for (const each of [till, second]) {
  await make(each.client, "/till/shift", { personId: cashier, pin: "5290" });
}

const sale = (siteId = shop.siteId) => sell(client, siteId, [{ itemId, quantity: "2" }]);
type What = "sales.void" | "sales.refund";
async function approved(subjectId: string, permission: What = "sales.void", on = till) {
  const ask = { approverId: manager, pin: managerPin, permission, subjectId };
  return (await make(on.client, "/till/approvals", ask, {})).id as string;
}
const undo = (
  saleId: string,
  approvalId?: string,
  on: Pick<PairedTill, "client"> = till,
  k = key(),
) =>
  on.client.post(
    `/sales/${saleId}/void`,
    { reason: "Wrong loaf", ...(approvalId && { approvalId }) },
    k,
  );
const giveBack = (
  sold: { id: string; lines: { id: string }[] },
  approvalId?: string,
  k = key(),
) => {
  const lines = [{ lineId: sold.lines[0]?.id, quantity: "1" }];
  const body = { reason: "Burnt", lines, ...(approvalId && { approvalId }) };
  return till.client.post(`/sales/${sold.id}/refunds`, body, k);
};
const keyAt = async (scopes: string[], siteIds: string[]) =>
  as(bearer((await make(client, "/keys", { name: "x", scopes, siteIds }, {})).key));

describe("with an approval", () => {
  test("a cashier voids, once, and the audit names who allowed it", async () => {
    const { id } = await sale();
    expect((await undo(id)).status).toBe(403);
    const { status, body } = await undo(id, await approved(id));
    expect([status, body.status]).toEqual([200, "voided"]);
    const [deed] = await sql(
      `select actor_id, actor_kind, site_id, after->>'approverId' as approver
       from audit.entries where action = 'sale.voided' and subject_id = $1`,
      [id],
    );
    expect(deed).toEqual({
      actor_id: cashier,
      actor_kind: "till",
      site_id: shop.siteId,
      approver: manager,
    });
  });
  test("a cashier refunds one time for each approval", async () => {
    const sold = await sale();
    expect((await giveBack(sold)).status).toBe(403);
    const approvalId = await approved(sold.id, "sales.refund");
    expect((await giveBack(sold, approvalId)).status).toBe(201);
    const again = await giveBack(sold, approvalId);
    expect([again.status, again.body.code]).toEqual([403, "access.forbidden"]);
    expect((await giveBack(sold, await approved(sold.id, "sales.refund"))).status).toBe(201);
    const deeds = await sql(
      "select from audit.entries where action = 'sale.refunded' and subject_id = $1",
      [sold.id],
    );
    expect(deeds).toHaveLength(2);
  });
  test("a replay answers as before, with the same approval, another or none that is good", async () => {
    const { id } = await sale();
    const k = key();
    const approvalId = await approved(id);
    const first = await undo(id, approvalId, till, k);
    const fresh = await approved(id);
    for (const each of [approvalId, fresh]) {
      const { status, body, headers } = await undo(id, each, till, k);
      expect([status, headers.get("idempotency-replayed")]).toEqual([200, "true"]);
      expect(body).toEqual(first.body);
    }
    const [row] = await sql("select used_at from devices.approvals where id = $1", [fresh]);
    expect(row).toEqual({ used_at: null });
  });
  test("a refused command does not use it up", async () => {
    const sold = await sale();
    const approvalId = await approved(sold.id, "sales.refund");
    const lines = [{ lineId: sold.lines[0].id, quantity: "9" }];
    const body = { reason: "Burnt", lines, approvalId };
    expect((await till.client.post(`/sales/${sold.id}/refunds`, body, key())).status).toBe(409);
    expect((await giveBack(sold, approvalId)).status).toBe(201);
  });
  test("of 10 refunds that spend it at once, one is made", async () => {
    const sold = await sell(client, shop.siteId, [{ itemId, quantity: "20" }]);
    const approvalId = await approved(sold.id, "sales.refund");
    const answers = await Promise.all(Array.from({ length: 10 }, () => giveBack(sold, approvalId)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(9).fill(403)]);
  });
  test("of 10 twins under one key, all answer the one that was made", async () => {
    const sold = await sale();
    const [k, approvalId] = [key(), await approved(sold.id, "sales.refund")];
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => giveBack(sold, approvalId, k)),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    const others = answers.filter(({ status }) => status !== 201);
    expect(others.every(({ body }) => body.code === "idempotency.running")).toBe(true);
  });
});

describe("403", () => {
  const wrong: [string, (id: string) => Promise<string>][] = [
    ["of another sale", async () => approved((await sale()).id)],
    ["for a refund", (id) => approved(id, "sales.refund")],
    ["of another till", (id) => approved(id, "sales.void", second)],
    ["that nobody gave", async () => newId()],
    [
      "that is over",
      async (id) => {
        const approvalId = await approved(id);
        await sql("update devices.approvals set expires_at = now() where id = $1", [approvalId]);
        return approvalId;
      },
    ],
    [
      "that was used",
      async (id) => {
        const approvalId = await approved(id);
        await sql("update devices.approvals set used_at = now() where id = $1", [approvalId]);
        return approvalId;
      },
    ],
  ];
  for (const [which, make] of wrong) {
    test(`an approval ${which} allows no void`, async () => {
      const { id } = await sale();
      const { status, body } = await undo(id, await make(id));
      expect([status, body.code]).toEqual([403, "access.forbidden"]);
      expect((await client.get(`/sales/${id}`)).body.status).toBe("completed");
    });
  }
  test("an approval lasts 2 minutes, and no longer than the approver's PIN", async () => {
    const { id } = await sale();
    const boss = await tills.person([{ role: "owner", siteId: null }], "4816");
    const ask = { approverId: boss, pin: "4816", permission: "sales.void", subjectId: id };
    const { body } = await till.client.post("/till/approvals", ask);
    expect(Math.abs(Date.parse(body.expiresAt) - Date.now() - 120_000)).toBeLessThan(30_000);
    await client.ask("DELETE", `/accounts/${boss}/pin`);
    expect((await undo(id, body.id)).status).toBe(403);
  });
  test("who may not void themselves allows nobody to", async () => {
    const { id } = await sale();
    const ask = { approverId: cashier, pin: "5290", permission: "sales.void", subjectId: id };
    expect((await till.client.post("/till/approvals", ask)).status).toBe(403);
    const elsewhere = [{ role: "manager", siteId: otherShop.siteId }] as const;
    const stranger = { ...ask, approverId: await tills.person(elsewhere, "5290") };
    expect((await till.client.post("/till/approvals", stranger)).status).toBe(401);
    expect((await till.client.post("/till/approvals", { ...ask, pin: "9173" })).status).toBe(401);
  });
  test("an approval is no use on a locked till, nor to a key or a guest", async () => {
    const { id } = await sale();
    const locked = await tills.pair();
    const approvalId = await approved(id, "sales.void", locked);
    expect((await undo(id, approvalId, locked)).status).toBe(403);
    const reader = await keyAt(["sales.read"], [shop.siteId]);
    expect((await undo(id, approvalId, { client: reader })).status).toBe(403);
    expect((await undo(id, approvalId, { client: as({}) })).status).toBe(401);
    expect((await undo(id, undefined, { client: as({}) })).status).toBe(401);
  });
});

describe("404", () => {
  test("a sale of another site looks missing, with a permission or an approval", async () => {
    const theirs = await sale(otherShop.siteId);
    const keeper = await keyAt(["sales.void", "sales.read"], [shop.siteId]);
    for (const id of [theirs.id, noId]) {
      const answers = [
        await undo(id, undefined, { client: keeper }),
        await undo(id, await approved(id)),
      ];
      for (const { status, body } of answers) {
        expect([status, body.code]).toEqual([404, "sales.not_found"]);
      }
      expect((await undo(id)).status).toBe(403);
    }
    const reader = await keyAt(["sales.void"], [shop.siteId]);
    expect((await undo(theirs.id, undefined, { client: reader })).status).toBe(404);
    expect((await client.get(`/sales/${theirs.id}`)).body.status).toBe("completed");
  });
});

test("a stored answer is not for those who were taken away from its site meanwhile", async () => {
  const issued = { name: "x", scopes: ["sales.void", "sales.read"], siteIds: [shop.siteId] };
  const { id: keyId, key: secret } = await make(client, "/keys", issued, {});
  const keeper = { client: as(bearer(secret)) };
  const { id } = await sale();
  const k = key();
  expect((await undo(id, undefined, keeper, k)).status).toBe(200);
  await sql("update keys.keys set site_ids = $2 where id = $1", [keyId, [otherShop.siteId]]);
  const { status, body } = await undo(id, undefined, keeper, k);
  expect([status, body.code]).toEqual([404, "sales.not_found"]);
});

describe("200", () => {
  test("who may void at the site needs no approval, and uses none up", async () => {
    const { id } = await sale();
    const unused = await approved(id);
    const boss = await tills.pair();
    await make(boss.client, "/till/shift", { personId: manager, pin: managerPin });
    expect((await undo(id, unused, boss)).status).toBe(200);
    const [row] = await sql("select used_at from devices.approvals where id = $1", [unused]);
    expect(row).toEqual({ used_at: null });
  });
});

import { afterAll, describe, expect, test } from "bun:test";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { testClient } from "../../../test/harness/client.ts";
import { insertKey } from "../../../test/harness/key.ts";
import { addPerson, signedInClient } from "../../../test/harness/people.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const database = await testDatabase();
const web = openTestWeb(database.appUrl);
const { client } = web;
afterAll(async () => {
  await web.close();
  await database.drop();
});

async function addSite(): Promise<string> {
  const fields = { zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };
  return (await client.post("/sites", { ...fields, name: `Site ${newId()}` })).body.id;
}

const path = ({ id }: { id: string }) => `/accounts/${id}`;
const owner = await addPerson(web);
const owning = await signedInClient(web, owner);

describe("200", () => {
  test("people are listed with their roles, without anything they sign in with", async () => {
    const baker = await addPerson(web, "baker");
    const { body } = await owning.get("/accounts?limit=200");
    expect(body.data).toContainEqual({
      id: baker.id,
      name: "Ada Baker",
      email: baker.email,
      memberships: [{ role: "baker", siteId: null }],
      secondFactor: false,
      archived: false,
      version: 1,
    });
    expect(JSON.stringify(body)).not.toMatch(/hash|password|secret/i);
  });

  test("new roles hold at the next request of a session that is open", async () => {
    const person = await addPerson(web, "baker");
    const open = await signedInClient(web, person);
    expect((await open.get("/accounts")).status).toBe(403);
    const memberships = [{ role: "manager", siteId: null }];
    const changed = await owning.patch(path(person), 1, { memberships });
    expect(changed.body).toMatchObject({ memberships, version: 2 });
    expect((await open.get("/accounts")).status).toBe(200);
  });

  test("a manager of one site sees its people, and of them what is about that site", async () => {
    const [here, there] = [await addSite(), await addSite()];
    const manager = await signedInClient(web, await addPerson(web, "manager", here));
    const both = await addPerson(web, "baker", here);
    const memberships = [
      { role: "baker", siteId: here },
      { role: "cashier", siteId: there },
    ];
    await owning.patch(path(both), 1, { memberships });
    const stranger = await addPerson(web, "baker", there);
    const ids = (await manager.get("/accounts")).body.data.map(({ id }: { id: string }) => id);
    expect(ids).toContain(both.id);
    expect(ids).not.toContain(stranger.id);
    expect(ids).not.toContain(owner.id);
    const { body } = await manager.get(path(both));
    expect(body.memberships).toEqual([{ role: "baker", siteId: here }]);
    expect((await manager.get(path(stranger))).status).toBe(404);
    expect((await manager.patch(path(stranger), 1, { name: "X" })).status).toBe(404);
  });
});

describe("204", () => {
  test("a deactivated account is out at once, and in the list of those out of use", async () => {
    const person = await addPerson(web, "cashier");
    const open = await signedInClient(web, person);
    expect((await owning.delete(path(person), 1)).status).toBe(204);
    expect((await open.get("/session")).status).toBe(401);
    const { data } = (await owning.get("/accounts?archived=true&limit=200")).body;
    expect(data.map(({ id }: { id: string }) => id)).toContain(person.id);
    expect((await owning.patch(path(person), 2, { name: "X" })).status).toBe(409);
  });
});

describe("403", () => {
  test("nobody gives more than they have, nor where they may not change people", async () => {
    const [here, there] = [await addSite(), await addSite()];
    const manager = await signedInClient(web, await addPerson(web, "manager", here));
    const baker = await addPerson(web, "baker", here);
    const give = async (role: string, siteId: string | null) =>
      (await manager.patch(path(baker), 1, { memberships: [{ role, siteId }] })).status;
    expect(await give("owner", here)).toBe(403);
    expect(await give("auditor", here)).toBe(403);
    expect(await give("baker", there)).toBe(422);
    expect(await give("baker", null)).toBe(403);
    expect(await give("cashier", here)).toBe(200);
  });

  test("nobody changes somebody who has more than they have", async () => {
    const here = await addSite();
    const manager = await signedInClient(web, await addPerson(web, "manager", here));
    const local = await addPerson(web, "owner", here);
    expect((await manager.patch(path(local), 1, { name: "X" })).status).toBe(403);
    expect((await manager.delete(path(local), 1)).status).toBe(403);
    const all = await signedInClient(web, await addPerson(web, "manager"));
    expect((await all.delete(path(owner), 1)).body.code).toBe("accounts.above_own");
  });

  test("a key gives no more than its own permissions", async () => {
    const baker = await addPerson(web, "baker");
    const scopes = ["accounts.read", "accounts.change"];
    const key = await insertKey(database.ownerUrl, undefined, undefined, scopes);
    const limited = testClient(web.web, { authorization: `Bearer ${key}` });
    const body = { memberships: [{ role: "cashier", siteId: null }] };
    expect((await limited.patch(path(baker), 1, body)).status).toBe(403);
  });
});

describe("409 and 412", () => {
  test("an account that was changed meanwhile is not changed again", async () => {
    const person = await addPerson(web, "baker");
    expect((await owning.patch(path(person), 1, { name: "One" })).status).toBe(200);
    expect((await owning.patch(path(person), 1, { name: "Two" })).status).toBe(412);
  });

  test("of owners who demote or deactivate each other at once, one stays", async () => {
    const fresh = await testDatabase();
    const other = openTestWeb(fresh.appUrl);
    const people = [];
    for (let i = 0; i < 6; i++) people.push(await addPerson(other));
    const memberships = [{ role: "baker", siteId: null }];
    const answers = await Promise.all(
      people.map((person, i) =>
        i % 2 === 0
          ? other.client.delete(path(person), 1)
          : other.client.patch(path(person), 1, { memberships }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 409)).toHaveLength(1);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe("accounts.last_owner");
    await other.close();
    await fresh.drop();
  });
});

describe("422", () => {
  test("one role a site, at sites that are there", async () => {
    const person = await addPerson(web, "baker");
    const give = async (...memberships: object[]) =>
      (await owning.patch(path(person), 1, { memberships })).body.errors?.[0];
    const at = { role: "baker", siteId: await addSite() };
    expect(await give(at, { ...at, role: "cashier" })).toMatchObject({
      code: "accounts.site_twice",
      pointer: "/memberships/1/siteId",
    });
    expect(await give({ ...at, siteId: newId() })).toMatchObject({
      code: "sites.site_unknown",
      pointer: "/memberships/0/siteId",
    });
    expect(await give()).toMatchObject({ pointer: "/memberships" });
  });
});

describe("the audit", () => {
  test("roles are written down before and after, names and addresses never", async () => {
    const person = await addPerson(web, "baker");
    const memberships = [{ role: "manager", siteId: null }];
    await owning.patch(path(person), 1, { memberships, name: "Grace Visible" });
    const [row] = await web.app.db.run<{ text: string; actor_id: string }>(
      statement(
        "",
        `select e::text as text, actor_id from audit.entries e
         where subject_id = $1 and action = 'account.roles_changed'`,
      ),
      [person.id],
    );
    expect(row?.actor_id).toBe(owner.id);
    expect(row?.text).toContain("manager");
    expect(row?.text).toContain("baker");
    expect(row?.text).not.toMatch(/Grace|@/);
  });
});

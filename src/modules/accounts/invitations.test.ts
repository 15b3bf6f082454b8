import { afterAll, describe, expect, test } from "bun:test";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { testClient } from "../../../test/harness/client.ts";
import {
  addPerson,
  cookiesOf,
  signedInClient,
  testPassword,
} from "../../../test/harness/people.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { totpOf } from "../../../test/harness/totp.ts";
import { openTestWeb } from "../../../test/harness/web.ts";
import { systemCtx } from "../../cli/terminal.ts";
import { makeOwnerLink } from "./index.ts";

const database = await testDatabase();
const web = openTestWeb(database.appUrl);
const guest = testClient(web.web, {});
afterAll(async () => {
  await web.close();
  await database.drop();
});

const run = <Row>(sql: string, values: unknown[] = []) =>
  web.app.db.run<Row>(statement("", sql), values);
const newEmail = () => `${newId()}@bakery.example`;
const everywhere = [{ role: "baker", siteId: null }];
const tokenOf = (link: string) => link.split("/").at(-1) ?? "";
const accept = (token: string, more: object = {}) =>
  guest.post("/invitations/accept", { token, name: "Bo", password: testPassword, ...more });
const makeLink = async () => tokenOf((await makeOwnerLink(systemCtx(web.app))) ?? "");

describe("the first owner", () => {
  test("a new link takes the old one's place, says who it is, and opens once", async () => {
    const [old, token] = [await makeLink(), await makeLink()];
    const email = newEmail();
    expect((await accept(old, { email })).body.code).toBe("accounts.invitation_over");
    expect((await accept(token)).body.code).toBe("accounts.email_missing");
    const answer = await accept(token, { email });
    expect(answer.body).toEqual({ status: "signed_in" });
    const me = testClient(web.web, { cookie: cookiesOf(answer.headers) });
    expect((await me.get("/session")).body).toMatchObject({
      person: { name: "Bo", email },
      memberships: [{ role: "owner", siteId: null }],
    });
    expect((await accept(token, { email: newEmail() })).status).toBe(404);
    expect(await makeOwnerLink(systemCtx(web.app))).toBeUndefined();
  });
});

describe("201", () => {
  test("the link is in the answer alone, and whoever has it gets in with those roles", async () => {
    const email = newEmail();
    const made = await web.client.post("/invitations", { email, memberships: everywhere });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ email, memberships: everywhere, state: "open" });
    expect(made.body.link).toStartWith("http://localhost:3000/invitations/");
    const token = tokenOf(made.body.link);
    const { body } = await web.client.get(`/invitations/${made.body.id}`);
    expect(JSON.stringify(body)).not.toContain(token);
    const rows = await run("select i::text as text from accounts.invitations i");
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await accept(token)).status).toBe(200);
    const person = await signedInClient(web, { id: "", email });
    expect((await person.get("/session")).body.memberships).toEqual(everywhere);
    const read = await web.client.get(`/invitations/${made.body.id}`);
    expect(read.body).toMatchObject({ state: "accepted" });
  });

  test("of twenty who accept at once, one gets in", async () => {
    const email = newEmail();
    const made = await web.client.post("/invitations", { email, memberships: everywhere });
    const token = tokenOf(made.body.link);
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(token)));
    const codes = answers.map(({ status, body }) => body.code ?? status).sort();
    expect(codes).toEqual([200, ...Array.from({ length: 19 }, () => "accounts.invitation_over")]);
    const people = await run("select from accounts.people where email = $1", [email]);
    expect(people).toHaveLength(1);
  });

  test("who was deactivated may be invited anew, with nothing left of before", async () => {
    const gone = await addPerson(web, "owner");
    await web.client.delete(`/accounts/${gone.id}`, 1);
    const body = { email: gone.email, memberships: everywhere };
    const made = await web.client.post("/invitations", body);
    const password = "five loaves at dusk";
    expect((await accept(tokenOf(made.body.link), { password })).status).toBe(200);
    const old = await guest.post("/session", { email: gone.email, password: testPassword });
    expect(old.status).toBe(401);
    const me = await signedInClient(web, gone, password);
    expect((await me.get("/session")).body).toMatchObject({ id: gone.id, memberships: everywhere });
  });
});

describe("a forgotten password", () => {
  test("who invites anew never sees or sets a password, and what was signed in with before is over", async () => {
    const person = await addPerson(web, "baker");
    const open = await signedInClient(web, person);
    const setup = await open.post("/session/second-factor/setup", { password: testPassword });
    const code = totpOf(setup.body.uri);
    const confirmed = await open.post("/session/second-factor/confirm", { code });
    const before = testClient(web.web, { cookie: cookiesOf(confirmed.headers) });
    const manager = await signedInClient(web, await addPerson(web, "manager"));
    const { version } = (await manager.get(`/accounts/${person.id}`)).body;
    const setting = await manager.patch(`/accounts/${person.id}`, version, {
      password: testPassword,
    });
    expect(setting.status).toBe(422);
    const body = { email: person.email, memberships: everywhere };
    expect((await manager.post("/invitations", body)).body.code).toBe("accounts.email_known");
    expect((await manager.delete(`/accounts/${person.id}`, version)).status).toBe(204);
    const chosen = await manager.post("/invitations", { ...body, password: testPassword });
    expect(chosen.status).toBe(422);
    const made = await manager.post("/invitations", body);
    expect(Object.keys(made.body)).not.toContain("password");
    const password = "five loaves at dusk";
    expect((await accept(tokenOf(made.body.link), { password })).body.status).toBe("signed_in");
    expect((await before.get("/session")).status).toBe(401);
    const anew = await signedInClient(web, person, password);
    expect((await anew.get("/session")).body).toMatchObject({ id: person.id, secondFactor: false });
  });

  test("a second factor stands in the way of all but a new invitation", async () => {
    const person = await addPerson(web, "baker");
    const open = await signedInClient(web, person);
    const setup = await open.post("/session/second-factor/setup", { password: testPassword });
    const code = totpOf(setup.body.uri);
    expect((await open.post("/session/second-factor/confirm", { code })).status).toBe(200);
    const half = await guest.post("/session", { email: person.email, password: testPassword });
    expect(half.body).toEqual({ status: "second_factor_required" });
    const waiting = testClient(web.web, { cookie: cookiesOf(half.headers) });
    const change = { currentPassword: testPassword, newPassword: "five loaves at dusk" };
    expect((await waiting.post("/session/password", change)).status).toBe(401);
    const off = await waiting.post("/session/second-factor/disable", { password: testPassword });
    expect(off.status).toBe(401);
  });
});

describe("what an invitation cannot do", () => {
  test("it is over when it is revoked, expired, or its maker deactivated or demoted", async () => {
    const maker = await addPerson(web, "owner");
    const making = await signedInClient(web, maker);
    const make = () => making.post("/invitations", { email: newEmail(), memberships: everywhere });
    const [revoked, expired, orphaned] = [await make(), await make(), await make()];
    const revoking = await making.ask("DELETE", `/invitations/${revoked.body.id}`);
    expect(revoking.status).toBe(204);
    await run("update accounts.invitations set expires_at = now() where id = $1", [
      expired.body.id,
    ]);
    await web.client.patch(`/accounts/${maker.id}`, 1, { memberships: everywhere });
    for (const { body } of [revoked, expired, orphaned]) {
      expect((await accept(tokenOf(body.link))).body.code).toBe("accounts.invitation_over");
    }
    const again = await web.client.ask("DELETE", `/invitations/${revoked.body.id}`);
    expect(again.body.code).toBe("accounts.invitation_closed");
  });

  test("a refused password does not spend it", async () => {
    const body = { email: newEmail(), memberships: everywhere };
    const token = tokenOf((await web.client.post("/invitations", body)).body.link);
    expect((await accept(token, { password: "unbelievable" })).status).toBe(422);
    expect((await accept(token)).status).toBe(200);
  });

  test("nobody invites to more than they have, nor an address that is here", async () => {
    const manager = await signedInClient(web, await addPerson(web, "manager"));
    const memberships = [{ role: "owner", siteId: null }];
    const above = await manager.post("/invitations", { email: newEmail(), memberships });
    expect(above.body.code).toBe("accounts.above_own");
    const known = await addPerson(web);
    const body = { email: known.email.toUpperCase(), memberships: everywhere };
    expect((await manager.post("/invitations", body)).body.code).toBe("accounts.email_known");
    const cashier = await signedInClient(web, await addPerson(web, "cashier"));
    expect((await cashier.post("/invitations", body)).status).toBe(403);
  });

  test("it cannot take over somebody who came in meanwhile", async () => {
    const email = newEmail();
    const make = () => web.client.post("/invitations", { email, memberships: everywhere });
    const [first, second] = [await make(), await make()];
    expect((await accept(tokenOf(second.body.link))).status).toBe(200);
    expect((await accept(tokenOf(first.body.link))).status).toBe(404);
  });

  test("invitations to other sites look missing", async () => {
    const fields = { zone: "Europe/Dublin", cutover: "04:00", pricesIncludeTax: true };
    const site = await web.client.post("/sites", { ...fields, name: `Site ${newId()}` });
    const person = await addPerson(web, "manager", site.body.id);
    const manager = await signedInClient(web, person);
    const made = await web.client.post("/invitations", {
      email: newEmail(),
      memberships: everywhere,
    });
    expect((await manager.get(`/invitations/${made.body.id}`)).status).toBe(404);
    expect((await manager.ask("DELETE", `/invitations/${made.body.id}`)).status).toBe(404);
    expect((await manager.get("/invitations")).body.data).toEqual([]);
    const memberships = [{ role: "cashier", siteId: site.body.id }];
    const own = await manager.post("/invitations", { email: newEmail(), memberships });
    expect(own.status).toBe(201);
    expect((await manager.get("/invitations")).body.data).toHaveLength(1);
  });
});

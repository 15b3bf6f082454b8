import { afterAll, describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { statement } from "#platform/db.ts";
import { addPerson as admit, cookiesOf, signedInClient } from "../../test/harness/people.ts";
import { emptyDatabase, testDatabase } from "../../test/harness/postgres.ts";
import { openTestWeb } from "../../test/harness/web.ts";

const database = await testDatabase();
const web = openTestWeb(database.appUrl);
const folder = await mkdtemp(join(tmpdir(), "banneton-accounts-"));
await chmod(folder, 0o755);
afterAll(async () => {
  await web.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = <Row>(sql: string, values: unknown[] = []) =>
  web.app.db.run<Row>(statement("", sql), values);

function launch(args: readonly string[], { appUrl, ownerUrl } = database, more = {}) {
  const env = {
    PATH: process.env["PATH"] ?? "",
    NO_COLOR: "1",
    PORT: "0",
    METRICS_PORT: "0",
    FUNCTIONS_PORT: "0",
    DATABASE_URL: appUrl,
    MIGRATE_DATABASE_URL: ownerUrl,
    ...more,
  };
  const child = spawn(process.execPath, [join(import.meta.dir, "main.ts"), ...args], {
    cwd: folder,
    env,
  });
  let text = "";
  const listeners = new Set<() => void>();
  const take = (chunk: Buffer) => {
    text += chunk.toString("utf8");
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<{ code: number | null; text: string }>((done) => {
    child.once("close", (code) => done({ code, text }));
  });
  const says = (pattern: RegExp) =>
    new Promise<string>((found, failed) => {
      const look = () => pattern.test(text) && found(text);
      listeners.add(look);
      look();
      ended.then(() => failed(new Error(`ended without ${pattern}: ${text}`)));
    });
  return { child, ended, says };
}

const deeds = (action: string) =>
  run<{ subject_id: string; text: string }>(
    "select subject_id, e::text as text from audit.entries e where action = $1",
    [action],
  );

describe("start, without an owner", () => {
  const link = (text: string) => /(http:\S+)(\/invitations\/[\w-]{43})/.exec(text);

  test("its link creates one; sessions outlive the process; then no link is shown", async () => {
    const fresh = await emptyDatabase();
    const first = launch(["start"], fresh);
    const [, base, path] = link(await first.says(/Ctrl-C stops it/)) ?? [];
    const secret = join(folder, ".banneton/auth-secret");
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    const kept = await readFile(secret, "utf8");
    const form = { name: "Olga", email: "olga@bakery.example", password: "four loaves at dawn" };
    const accepted = await fetch(`${base}${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
      redirect: "manual",
      headers: { origin: base ?? "" },
    });
    expect(accepted.status).toBe(303);
    first.child.kill("SIGTERM");
    expect((await first.ended).text).not.toContain(kept.trim());
    const second = launch(["start"], fresh);
    const text = await second.says(/Ctrl-C stops it/);
    expect(link(text)).toBeNull();
    const again = /listens on (http:\S+)/.exec(text)?.[1];
    const headers = { cookie: cookiesOf(accepted.headers) };
    expect((await fetch(`${again}/api/v1/session`, { headers })).status).toBe(200);
    second.child.kill("SIGTERM");
    await second.ended;
    const asked = await launch(["owner-link"], fresh).ended;
    expect(asked.code).toBe(1);
    expect(asked.text).toContain("There is an owner");
    await fresh.drop();
  });

  test("in production it prints no link; owner-link does", async () => {
    const fresh = await emptyDatabase();
    const production = {
      NODE_ENV: "production",
      PUBLIC_URL: "https://bakery.example",
      AUTH_SECRET: "a secret of this test alone, long enough",
    };
    const started = launch(["start"], fresh, production);
    const text = await started.says(/Ctrl-C stops it/);
    expect(text).not.toContain("/invitations/");
    started.child.kill("SIGTERM");
    await started.ended;
    const asked = await launch(["owner-link"], fresh, production).ended;
    expect(asked.text).toMatch(/https:\/\/bakery\.example\/invitations\/[\w-]{43}/);
    await fresh.drop();
  });
});

describe("erase-person", () => {
  test("says what it would do, then leaves the id and nothing else", async () => {
    await admit(web);
    const person = await admit(web, "baker");
    const open = await signedInClient(web, person);
    const dry = await launch(["erase-person", person.email]).ended;
    expect(dry.text).toContain("Would erase Ada Baker");
    expect((await open.get("/session")).status).toBe(200);
    expect((await launch(["erase-person", person.email, "--yes"]).ended).code).toBe(0);
    expect((await open.get("/session")).status).toBe(401);
    const [row] = await run<{ name: string; email: string }>(
      "select name, email from accounts.people where id = $1",
      [person.id],
    );
    expect(row).toEqual({ name: "Erased", email: `erased-${person.id}@erased.invalid` });
    const left = await run(
      `select 1 from accounts.credentials where person_id = $1
       union all select 1 from accounts.sessions where person_id = $1`,
      [person.id],
    );
    expect(left).toEqual([]);
    expect((await deeds("account.erased")).map(({ subject_id }) => subject_id)).toEqual([
      person.id,
    ]);
    const texts = (await run<{ text: string }>("select e::text as text from audit.entries e")).map(
      ({ text }) => text,
    );
    expect(texts.join()).not.toContain(person.email);
  });

  test("the last owner stays, and a stranger is not found", async () => {
    const owners = await run<{ id: string }>(
      "select person_id as id from accounts.memberships where role = 'owner'",
    );
    const { code, text } = await launch(["erase-person", owners[0]?.id ?? "", "--yes"]).ended;
    expect([code, text.includes("last owner")]).toEqual([1, true]);
    expect((await launch(["erase-person", "nobody@bakery.example"]).ended).code).toBe(1);
  });
});

describe("retain", () => {
  test("what is over and old goes, what is in force stays, and a dry run changes nothing", async () => {
    const person = await admit(web, "baker");
    const [old, open] = [await signedInClient(web, person), await signedInClient(web, person)];
    const [session] = (await old.get("/sessions")).body.data;
    await run(`update accounts.sessions set expires_at = now() - interval '8 days' where id = $1`, [
      session.id,
    ]);
    await run(
      `insert into accounts.failures (subject, count, last_at)
       values ('password:old', 3, now() - interval '31 days'), ('password:new', 3, now())`,
    );
    await run(
      `insert into accounts.verifications (id, identifier, value, expires_at)
       values ($1, 'old', 'x', now() - interval '2 days')`,
      [session.id],
    );
    await run(
      `insert into accounts.invitations (id, email, memberships, token_hash, invited_by, expires_at)
       values ($1, 'old@bakery.example', '[]', 'x', 'system', now() - interval '31 days')`,
      [session.id],
    );
    const dry = await launch(["retain", "--dry-run"]).ended;
    expect(dry.text).toContain("1 sessions that ended");
    const done = await launch(["retain"]).ended;
    expect(done.text).toContain("1 sessions that ended");
    expect(done.text).toContain("1 failed sign-ins");
    expect(done.text).toContain("1 invitations");
    const again = await launch(["retain"]).ended;
    expect(again.text).toContain("0 sessions that ended");
    expect(again.text).toContain("0 failed sign-ins");
    expect((await open.get("/session")).status).toBe(200);
    expect(await run("select from accounts.failures where subject = 'password:new'")).toHaveLength(
      1,
    );
    expect(await run("select from accounts.invitations where email like 'old@%'")).toEqual([]);
    expect(await deeds("retention.applied")).toHaveLength(2);
    expect((await launch(["retain", "--sessions", "soon"]).ended).code).toBe(1);
  });
});

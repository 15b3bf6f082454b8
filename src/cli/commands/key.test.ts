import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { bearer, noId } from "../../../test/harness/tills.ts";
import { openTestWeb, type TestWeb } from "../../../test/harness/web.ts";

let database: TestDatabase;
let web: TestWeb;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  web = openTestWeb(database.appUrl);
  folder = await mkdtemp(join(tmpdir(), "banneton-key-"));
  await bakery.openShop(web.client, { name: "Quay" });
}, 60_000);
afterAll(async () => {
  await web.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function key(...args: readonly string[]) {
  const { appUrl: DATABASE_URL, ownerUrl: MIGRATE_DATABASE_URL } = database;
  const env = { PATH: process.env["PATH"] ?? "", DATABASE_URL, MIGRATE_DATABASE_URL };
  const main = join(import.meta.dir, "../main.ts");
  const child = Bun.spawn([process.execPath, main, "key", ...args], {
    cwd: folder,
    env,
    stderr: "pipe",
    stdout: "pipe",
  });
  const [out, said] = [new Response(child.stdout).text(), new Response(child.stderr).text()];
  return { out: await out, said: await said, code: await child.exited };
}

test("a key is printed alone and once, works, is listed without its secret, and ends when it is revoked", async () => {
  const scopes = ["--scope", "settings.read", "sites.read"];
  const issued = await key(
    "issue",
    "--name",
    "Web shop",
    ...scopes,
    "--site",
    "quay",
    "--days",
    "30",
  );
  expect([issued.code, issued.out]).toEqual([0, expect.stringMatching(/^bnt_key_\S{43}\n$/)]);
  const secret = issued.out.trim();
  const status = async () => (await web.client.get("/settings", bearer(secret))).status;
  expect(await status()).toBe(200);
  const id = /Key (\S+):/.exec(issued.said)?.[1] ?? "";
  const { out } = await key("list");
  const line = out.split("\n").find((each) => each.startsWith(id));
  expect(line).toMatch(
    /2 permission\(s\), 1 site\(s\) {2}until 20\S+Z {2}last used .+ {2}Web shop$/,
  );
  expect(out).not.toContain(secret);
  expect((await key("revoke", id)).code).toBe(0);
  expect((await key("revoke", id)).code).toBe(0);
  expect(await status()).toBe(401);
  expect((await key("list")).out).toContain("revoked 20");
}, 60_000);

test("refuses in one sentence a permission, a site and a key that are not", async () => {
  const named = ["--name", "x"];
  for (const args of [
    ["issue", ...named, "--scope", "world.rule"],
    ["issue", ...named, "--scope", "all", "--site", "Nowhere"],
    ["issue", ...named, "--scope", "all", "--days", "0"],
    ["revoke", "x"],
    ["revoke", noId],
  ]) {
    const { said, code } = await key(...args);
    expect([said.trim().split("\n").length, code]).toEqual([1, 1]);
  }
}, 60_000);

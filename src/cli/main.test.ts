import { afterAll, describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyDatabase } from "../../test/harness/postgres.ts";

const folder = mkdtempSync(join(tmpdir(), "banneton-cli-"));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = join(import.meta.dir, "main.ts");
const base = {
  PATH: process.env["PATH"] ?? "",
  PORT: "0",
  METRICS_PORT: "0",
  FUNCTIONS_PORT: "0",
  NO_COLOR: "1",
};

function launch(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: { ...base, ...env } });
  let text = "";
  const waiting: { pattern: RegExp; found: (text: string) => void }[] = [];
  const take = (chunk: Buffer) => {
    text += chunk.toString("utf8");
    for (const { pattern, found } of waiting) if (pattern.test(text)) found(text);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<{ code: number | null; text: string }>((done) => {
    child.once("close", (code) => done({ code, text }));
  });
  const says = (pattern: RegExp) =>
    Promise.race([
      new Promise<string>((found) => waiting.push({ pattern, found })),
      ended.then(({ text: all }) => {
        throw new Error(`ended without ${pattern}: ${all}`);
      }),
    ]);
  return { child, ended, says };
}

const inProduction = {
  NODE_ENV: "production",
  PUBLIC_URL: "https://bakery.example",
  AUTH_SECRET: "a secret of this test alone, long enough",
};

describe("banneton", () => {
  test("every command explains itself", async () => {
    const known = "start migrate seed import verify audit recall key openapi database";
    const names = `${known} owner-link erase-person retain alerts webhooks`.split(" ");
    const answers = await Promise.all(names.map((name) => launch([name, "--help"]).ended));
    for (const [index, { code, text }] of answers.entries()) {
      expect(text).toContain(`Usage: banneton ${names[index]}`);
      expect(code).toBe(0);
    }
  });

  test("start listens, answers and stops at Ctrl-C with its database", async () => {
    const { child, ended, says } = launch(["start", "--no-demo"]);
    const text = await says(/Ctrl-C stops it/);
    const address = /listens on (http:\S+)/.exec(text)?.[1];
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    // A terminal and two launchers send the same Ctrl-C.
    for (let times = 0; times < 3; times++) child.kill("SIGINT");
    const { code } = await ended;
    expect(code).toBe(0);
    expect(existsSync(join(folder, ".banneton/postgres/data/postmaster.pid"))).toBe(false);
  });

  test("start goes on after kill -9, and verify shares the running database", async () => {
    const first = launch(["start", "--no-demo"]);
    await first.says(/Ctrl-C stops it/);
    first.child.kill("SIGKILL");
    await first.ended;
    const second = launch(["start", "--no-demo"]);
    const text = await second.says(/Ctrl-C stops it/);
    const verified = await launch(["verify"]).ended;
    expect(verified.text).toMatch(/The books hold/);
    expect(verified.code).toBe(0);
    const address = /listens on (http:\S+)/.exec(text)?.[1];
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    second.child.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
  });

  test("a database that was given is migrated and never seeded unasked", async () => {
    const database = await emptyDatabase();
    const env = { DATABASE_URL: database.appUrl, MIGRATE_DATABASE_URL: database.ownerUrl };
    const started = launch(["start"], env);
    const text = await started.says(/Ctrl-C stops it/);
    expect(text).not.toMatch(/demo/i);
    started.child.kill("SIGTERM");
    expect((await started.ended).code).toBe(0);
    const refused = await launch(["start", "--demo"], { ...env, ...inProduction }).ended;
    expect(refused.text).toMatch(/never put into production/);
    expect(refused.code).toBe(1);
    await database.drop();
  });

  test("a wrong environment names every problem and exits with 78", async () => {
    const database = await emptyDatabase();
    const env = { DATABASE_URL: database.appUrl, MIGRATE_DATABASE_URL: database.ownerUrl };
    const { code, text } = await launch(["start"], { ...env, PORT: "many", LOG_LEVEL: "loud" })
      .ended;
    expect(text).toContain("PORT:");
    expect(text).toContain("LOG_LEVEL:");
    expect(code).toBe(78);
    await database.drop();
  });

  test("data of another major version exits with 78", async () => {
    const data = join(folder, ".banneton/postgres/data");
    rmSync(join(folder, ".banneton"), { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "PG_VERSION"), "16\n");
    const { code, text } = await launch(["start"]).ended;
    expect(code).toBe(78);
    expect(text).toContain("Archive the folder");
  });
});

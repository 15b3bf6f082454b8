import { afterAll, describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";

const parent = mkdtempSync(join(tmpdir(), "banneton-embedded-"));
chmodSync(parent, 0o755);
const running: EmbeddedPostgres[] = [];
afterAll(async () => {
  await Promise.allSettled(running.map((server) => server.stop()));
  rmSync(parent, { recursive: true, force: true });
});

const said: string[] = [];
const say = (sentence: string) => void said.push(sentence);

async function start(name: string, isExclusive = true): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataFolder: join(parent, name), say, isExclusive });
  running.push(server);
  return server;
}

async function ask<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

function pidFile(name: string): string {
  return join(parent, name, "postgres/data/postmaster.pid");
}

/** A process that starts the server of `name` and is then killed with -9. */
async function startAndDie(name: string): Promise<void> {
  const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dir, "embedded-postgres.ts"))};
    const dataFolder = ${JSON.stringify(join(parent, name))};
    await startEmbeddedPostgres({ dataFolder, say: () => {}, isExclusive: true });
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "ignore", "inherit"] });
  const signal = await new Promise((done) => child.once("exit", (_, by) => done(by)));
  expect(signal).toBe("SIGKILL");
}

describe("the embedded server", () => {
  test("starts, keeps what was written, and stops without a trace", async () => {
    const first = await start("plain");
    await ask(first.ownerUrl, "create table bread as select 'rye' as name");
    await first.stop();
    expect(existsSync(pidFile("plain"))).toBe(false);
    const second = await start("plain");
    expect(await ask<object>(second.ownerUrl, "select name from bread")).toEqual([{ name: "rye" }]);
    await second.stop();
  });

  test("is durable, local, Unicode and of version 17", async () => {
    const server = await start("plain");
    const names = ["fsync", "synchronous_commit", "full_page_writes", "listen_addresses"];
    const values = names.map((name) => `current_setting('${name}') as ${name}`).join(", ");
    const [settings] = await ask<object>(server.adminUrl, `select ${values}, upper('é') as accent`);
    expect(settings).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      accent: "É",
    });
    expect(statSync(join(parent, "plain/postgres/secrets.json")).mode & 0o777).toBe(0o600);
    await server.stop();
  });

  test("the app's role owns nothing and makes nothing; a wrong password opens nothing", async () => {
    const server = await start("plain");
    expect(ask(server.appUrl, "create schema own")).rejects.toThrow(/permission denied/);
    expect(ask(server.appUrl, "create table own (id int)")).rejects.toThrow(/permission denied/);
    const wrong = server.appUrl.replace(/:[^:@]+@/, ":wrong@");
    await expect(ask(wrong, "select 1")).rejects.toThrow(/password authentication failed/);
    await server.stop();
  });

  test("goes on after its starter was killed with -9, and stops afterwards", async () => {
    await startAndDie("orphan");
    const left = Number(readFileSync(pidFile("orphan"), "utf8").split("\n")[0]);
    const server = await start("orphan");
    expect(server.pid).toBe(left);
    await server.stop();
    expect(existsSync(pidFile("orphan"))).toBe(false);
  });

  test("recovers after the server itself was killed with -9", async () => {
    const first = await start("crash");
    await ask(first.ownerUrl, "create table bread as select 'rye' as name");
    process.kill(first.pid, "SIGKILL");
    const second = await start("crash");
    expect(second.pid).not.toBe(first.pid);
    expect(await ask<object>(second.ownerUrl, "select name from bread")).toEqual([{ name: "rye" }]);
    await second.stop();
  });

  test("does not take another program for its server, nor stop it", async () => {
    const first = await start("reused");
    await first.stop();
    const stranger = spawn("sleep", ["60"], { cwd: "/" });
    const lines = [
      stranger.pid,
      join(parent, "reused/postgres/data"),
      1,
      5432,
      "",
      "127.0.0.1",
      "",
      "ready",
    ];
    writeFileSync(pidFile("reused"), `${lines.join("\n")}\n`);
    const second = await start("reused");
    expect(second.pid).not.toBe(stranger.pid as number);
    await second.stop();
    expect(stranger.exitCode).toBeNull();
    expect(stranger.kill()).toBe(true);
  });

  test("a second start is refused, and a command shares the server without stopping it", async () => {
    const first = await start("shared");
    expect(start("shared")).rejects.toThrow(/already runs/);
    const command = await start("shared", false);
    await command.stop();
    expect(await ask<object>(first.appUrl, "select 1 as one")).toEqual([{ one: 1 }]);
    await first.stop();
  });

  test("two first starts at once make one server", async () => {
    const folder = "twins";
    const servers = await Promise.all([start(folder, false), start(folder, false)]);
    expect(servers[0]?.pid).toBe(servers[1]?.pid as number);
    for (const server of servers) await server.stop();
  });

  test("data of another major version is left alone, with the steps to go on", async () => {
    const data = join(parent, "old/postgres/data");
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "PG_VERSION"), "16\n");
    const refused = start("old");
    expect(refused).rejects.toMatchObject({ exitCode: 78 });
    await expect(refused).rejects.toThrow(
      /PostgreSQL 16[\s\S]*Archive[\s\S]*pg_dump[\s\S]*pg_restore/,
    );
    expect(readFileSync(join(data, "PG_VERSION"), "utf8")).toBe("16\n");
  });

  test("a first start killed halfway is begun again", async () => {
    mkdirSync(join(parent, "half/postgres.new-999999999/data"), { recursive: true });
    const server = await start("half");
    expect(existsSync(join(parent, "half/postgres.new-999999999"))).toBe(false);
    await server.stop();
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { createDatabase } from "#platform/embedded-postgres-roles.ts";

/** Addresses of the test server's migrated template database. */
export interface TestServer {
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
}

/** A clone of the migrated template, for one test file. */
export interface TestDatabase {
  /** As the app's own role, which owns nothing. */
  readonly appUrl: string;
  /** As the owner, for what the app may not do. */
  readonly ownerUrl: string;
  drop(): Promise<void>;
}

const variable = "BANNETON_TEST_SERVER";

/**
 * Clones the template: `const db = await testDatabase(); afterAll(() => db.drop())`.
 * Starts a server if `bun run test` has not.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asAdmin(server, (admin) => createDatabase(admin, name, "banneton"));
  return {
    appUrl: inDatabase(server.appUrl, name),
    ownerUrl: inDatabase(server.ownerUrl, name),
    drop: () =>
      asAdmin(server, (admin) => admin.query(`drop database if exists "${name}" with (force)`)),
  };
}

/** A database of its own without any table, for tests of migrations. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const name = `empty_${randomBytes(6).toString("hex")}`;
  await asAdmin(server, (admin) => createDatabase(admin, name, "template0"));
  return {
    appUrl: inDatabase(server.appUrl, name),
    ownerUrl: inDatabase(server.ownerUrl, name),
    drop: () =>
      asAdmin(server, (admin) => admin.query(`drop database if exists "${name}" with (force)`)),
  };
}

/** The server of this run; the environment carries it from file to file and to child processes. */
export async function testServer(): Promise<TestServer> {
  const known = process.env[variable];
  if (known !== undefined) return JSON.parse(known) as TestServer;
  starting ??= startTestServer();
  const { server } = await starting;
  process.env[variable] = JSON.stringify(server);
  return server;
}

let starting: ReturnType<typeof startTestServer> | undefined;

/** Starts the keeper of a test server; it stops the server when this process ends. */
export async function startTestServer(): Promise<{ server: TestServer; stop(): Promise<void> }> {
  const keeper = spawn(process.execPath, [join(import.meta.dir, "postgres-keeper.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const line = await firstLine(keeper);
  keeper.unref();
  const stop = () =>
    new Promise<void>((done) => {
      keeper.once("exit", () => done());
      keeper.stdin?.end();
    });
  return { server: JSON.parse(line) as TestServer, stop };
}

function firstLine(keeper: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    if (keeper.stdout === null) return fail(new Error("The test server has no output"));
    createInterface(keeper.stdout).once("line", done);
    keeper.once("error", fail);
    keeper.once("exit", (code) => fail(new Error(`The test server ended with ${code}`)));
  });
}

async function asAdmin(
  server: TestServer,
  work: (admin: pg.Client) => Promise<unknown>,
): Promise<void> {
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function inDatabase(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

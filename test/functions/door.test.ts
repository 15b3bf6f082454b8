import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FunctionProcess, startFunction } from "../harness/function-process.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";

let database: TestDatabase;
let running: FunctionProcess;
const folder = mkdtempSync(join(tmpdir(), "banneton-functions-"));

beforeAll(async () => {
  database = await testDatabase();
  running = await startFunction("auditEvent", { databaseUrl: database.appUrl, folder });
}, 60_000);

afterAll(async () => {
  await running.kill();
  await database.drop();
  rmSync(folder, { recursive: true });
});

describe("the door of a function", () => {
  test("OPTIONS says what it takes, other methods are refused with it", async () => {
    const options = await fetch(running.url, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "POST, OPTIONS"]);
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "HEAD"]) {
      const refused = await fetch(running.url, { method });
      expect([refused.status, refused.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    }
  });

  test("a call without a token is refused as a problem", async () => {
    const refused = await fetch(running.url, { method: "POST", body: "{}" });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    expect(await refused.json()).toMatchObject({ code: "identity.missing", status: 401 });
  });

  test("it ends on SIGTERM when what is under way is done", async () => {
    const other = await startFunction("exportReport", { databaseUrl: database.appUrl, folder });
    expect(await other.stop()).toBe(0);
    expect(other.output()).toContain('"Stopping"');
  });
});

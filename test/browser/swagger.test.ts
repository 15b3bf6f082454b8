import { afterAll, beforeAll, expect, test } from "bun:test";
import { testKey } from "../harness/key.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { runInBrowser } from "./run.ts";

let database: TestDatabase;
let web: WebProcess;

beforeAll(async () => {
  database = await testDatabase();
  web = await startWebProcess(database.appUrl);
});
afterAll(async () => {
  await web.stop();
  await database.drop();
});

interface Seen {
  readonly statuses: readonly (readonly [answered: number, shown: number, isTokenSent: boolean])[];
  /** What the console said: violations of the policy among it. */
  readonly said: readonly string[];
  readonly isAuthorised: boolean;
}

test("in Swagger UI one can authorise and try a read and a write out, within the policy", async () => {
  const args = { base: web.base, token: testKey, operations: ["listSites", "openSite"] };
  const { statuses, said, isAuthorised } = await runInBrowser<Seen>("swagger", args);
  expect(said).toEqual([]);
  expect(statuses).toEqual([
    [200, 200, isAuthorised],
    [201, 201, isAuthorised],
  ]);
  const { components } = await (await fetch(`${web.base}/swagger/json`)).json();
  expect(isAuthorised).toBe(components.securitySchemes !== undefined);
}, 120_000);

import { afterAll, beforeAll, expect, test } from "bun:test";
import { verifyJob } from "#modules/verifications/jobs.ts";
import { newId } from "#platform/id.ts";
import { enqueue } from "#platform/jobs.ts";
import { type JobBooks, openJobBooks } from "../../../test/harness/job-books.ts";
import { endedWorker } from "../../../test/harness/worker-process.ts";

let books: JobBooks;

beforeAll(async () => {
  books = await openJobBooks();
});

afterAll(() => books.close());

async function banneton(...args: string[]): Promise<{ code: number; text: string }> {
  const { appUrl, ownerUrl } = books.database;
  const child = Bun.spawn([process.execPath, "src/cli/main.ts", ...args], {
    cwd: new URL("../../..", import.meta.url).pathname,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: appUrl,
      MIGRATE_DATABASE_URL: ownerUrl,
      WORKER_PORT: "0",
      NO_COLOR: "1",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, text: out + err };
}

const once = () => endedWorker({ url: books.database.appUrl, args: ["--once"] });
const name = verifyJob.name;

test("a dead letter is listed, told with its reason, and redriven when that is mended", async () => {
  expect((await once()).code).toBe(0);
  expect((await banneton("jobs", "failed")).text).toBe("There are no dead letters.\n");
  const bad = { payload: "of another version" } as never;
  await books.app.db.withTransaction((tx) => enqueue(tx, verifyJob, bad));
  expect((await once()).code).toBe(1);
  expect((await banneton("jobs", "list")).text).toContain(`${name}  1 failed, 1 dead letters`);
  const { text } = await banneton("jobs", "failed", name);
  expect(text).toMatch(
    new RegExp(`^[0-9a-f-]{36}  ${name}  2\\S+Z  after 1 tries: jobs.payload\n$`),
  );
  const id = text.slice(0, 36);

  const other = await banneton("jobs", "redrive", name, "--id", newId());
  expect(other).toMatchObject({ code: 1, text: expect.stringContaining("has no dead letter") });
  await books.sql.rows("update pgboss.job_common set data = '{}' where id = $1", [id]);
  const redriven = await banneton("jobs", "redrive", name, "--id", id);
  expect(redriven).toEqual({ code: 0, text: `1 job(s) of ${name} will be tried again.\n` });
  expect((await once()).code).toBe(0);
  expect((await banneton("jobs", "failed")).text).toBe("There are no dead letters.\n");
  expect(await books.sql.rows("select count(*)::int from verifications.runs")).toEqual([
    { count: 2 },
  ]);
});

test("a job that there is not is refused by name", async () => {
  const { code, text } = await banneton("jobs", "redrive", "no.such-job");
  expect(code).toBe(1);
  expect(text).toContain(name);
});

test("banneton worker --once does what is due", async () => {
  const { code, text } = await banneton("worker", "--once");
  expect(text).toBe("");
  expect(code).toBe(0);
});

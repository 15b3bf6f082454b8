import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import * as bakery from "../../../test/harness/bakery.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { tillFile } from "../../../test/harness/till-file.ts";
import { openTestWeb } from "../../../test/harness/web.ts";

const folder = mkdtempSync(join(tmpdir(), "banneton-till-"));
const file = join(folder, "sales.csv");
let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  const web = openTestWeb(database.appUrl);
  for (const name of ["Cut", "Whole", "Other"]) await bakery.openShop(web.client, { name });
  await web.close();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]) {
  const main = join(import.meta.dir, "../main.ts");
  return Bun.spawn([process.execPath, main, "import", ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: database.appUrl,
      MIGRATE_DATABASE_URL: database.ownerUrl,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function banneton(...args: string[]) {
  const child = start(...args);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

const booksOf = async (name: string) =>
  (
    await owner.query(
      `select s.foreign_number, s.sold_at, l.position, l.name, l.quantity, l.total, null as of
       from sales.sales s join sales.sale_lines l on l.sale_id = s.id
       join sites.sites i on i.id = s.site_id where i.name = $1
       union all
       select f.foreign_key, f.refunded_at, r.position, r.name, r.quantity, r.total, s.foreign_number
       from sales.refunds f join sales.refund_lines r on r.refund_id = f.id
       left join sales.sales s on s.id = f.sale_id
       join sites.sites i on i.id = f.site_id where i.name = $1 order by 1, 3`,
      [name],
    )
  ).rows;

/** Kills the command once the database shows that so many tickets (or rows) are safe. */
async function killWhen(child: ReturnType<typeof start>, sql: string): Promise<void> {
  while (child.exitCode === null) {
    const { rows } = await owner.query(sql);
    if (rows[0]?.ready === true) break;
  }
  child.kill("SIGKILL");
  await child.exited;
}

test("killed while reading and while recording, the same command goes on and ends the same", async () => {
  writeFileSync(file, tillFile({ lines: 24_000, seed: 11 }));
  const site = "(select id from sites.sites where name = 'Cut')";
  await killWhen(
    start(file, "--site", "Cut"),
    `select exists (select from imports.till_exports where site_id = ${site} and rows_read > 0) as ready`,
  );
  const before = (await owner.query("select rows_read, state from imports.till_exports")).rows;
  expect(before).toMatchObject([{ state: "reading" }]);
  await killWhen(
    start(file, "--site", "Cut"),
    `select exists (select from sales.sales where site_id = ${site}) as ready`,
  );
  const half = (
    await owner.query("select tickets_created as made, state from imports.till_exports")
  ).rows;
  expect(half).toMatchObject([{ state: "recording" }]);
  const done = await banneton(file, "--site", "Cut", "--json");
  expect(done.code).toBe(0);
  const { id, ...told } = JSON.parse(done.out);
  const whole = JSON.parse((await banneton(file, "--site", "Whole", "--json")).out);
  for (const field of [
    "rowsRead",
    "linesTaken",
    "linesRecorded",
    "ticketsCreated",
    "returnsCreated",
    "returnsMatched",
    "noticeCount",
  ]) {
    expect([field, told[field]]).toEqual([field, whole[field]]);
  }
  expect(half[0].made).toBeLessThan(whole.ticketsCreated);
  const books = await booksOf("Cut");
  expect(books.length).toBe(24_000);
  expect(books).toEqual(await booksOf("Whole"));
  expect((await owner.query("select from imports.till_lines")).rowCount).toBe(0);
  const again = await banneton(file, "--site", "Cut", "--json");
  expect(JSON.parse(again.out).id).toBe(id);
  expect(await booksOf("Cut")).toEqual(books);
}, 120_000);

test("a file is guessed, tried and brought in with a report of every flag", async () => {
  const path = join(folder, "small.csv");
  const rows = [
    "date;ticket;article;quantity;price",
    "2021-01-02;1;=Bun;1;0,50",
    "2021-01-02;2;NONE;1;0,50",
  ];
  writeFileSync(path, rows.join("\n"));
  const mapping = join(folder, "mapping.json");
  const guess = await banneton(path, "--site", "Other", "--guess");
  expect(guess.err).toContain("confidence");
  writeFileSync(mapping, guess.out);
  const tried = await banneton(path, "--site", "Other", "--mapping", mapping, "--dry-run");
  expect(tried.out).toContain("The books stay as they are");
  expect(await booksOf("Other")).toEqual([]);
  const report = join(folder, "report.csv");
  const done = await banneton(path, "--site", "Other", "--mapping", mapping, "--report", report);
  expect(done.out).toMatch(/tickets {2}1 new, 0 unchanged/);
  expect(readFileSync(report, "utf8").split("\r\n")).toEqual([
    "row,column,severity,code,message",
    "3,article,problem,imports.placeholder,The article stands for nothing: left out.",
    "",
  ]);
  writeFileSync(mapping, "{}");
  const wrong = await banneton(path, "--site", "Other", "--mapping", mapping);
  expect(wrong).toMatchObject({ code: 1, out: "" });
  expect(wrong.err).toContain("is no mapping");
}, 60_000);

test("what cannot be read or written is said before anything comes in", async () => {
  const path = join(folder, "unwritten.csv");
  writeFileSync(path, "date,ticket,article\n2021-01-13,U1,Bun\n2021-01-14,U2,Bun\n");
  const before = await booksOf("Other");
  const report = await banneton(path, "--site", "Other", "--report", join(folder, "no/report.csv"));
  expect(report).toMatchObject({ code: 1, out: "" });
  expect(report.err.trim().split("\n").at(-1)).toEndWith("no/report.csv cannot be written.");
  expect(await booksOf("Other")).toEqual(before);
  const directory = await banneton(folder, "--site", "Other");
  expect(directory).toMatchObject({ code: 1, out: "", err: `${folder} cannot be read.\n` });
  const empty = join(folder, "empty.csv");
  writeFileSync(empty, "");
  for (const option of ["--dry-run", "--guess"]) {
    const refused = await banneton(empty, "--site", "Other", option);
    expect([refused.code, refused.err]).toEqual([1, "The file has no rows.\n"]);
  }
}, 60_000);

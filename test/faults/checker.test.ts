import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "#platform/id.ts";
import { remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { checkBooks } from "./books.ts";
import { checkJournals } from "./checker.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import type { CommandName, Told } from "./journal.ts";
import { checkConnections } from "./leaks.ts";
import { replayOpen } from "./replay.ts";
import { openSql, type Sql } from "./sql.ts";
import { openTrial, type Trial, tallyOf } from "./trial.ts";

// A proof that cannot fail proves nothing: here the tills or the books lie, and the checker says so.
let database: FaultDatabase;
let web: WebProcess;
let trial: Trial;
let owner: Sql;

beforeAll(async () => {
  database = await faultDatabase();
  web = await startWebProcess(database.appUrl);
  trial = await openTrial({ name: "checker", database, tills: 2, target: () => web.base });
  const load = trial.start();
  await trial.progress(load, 150);
  await load.stop();
  owner = await openSql(database.ownerUrl);
});

afterAll(async () => {
  await owner.close();
  await web.stop();
  trial.close();
  await database.drop();
});

const scope = () => ({ siteId: trial.shop.siteId, opening: trial.shop.opening });
const check = (told: readonly Told[]) => checkJournals(owner, told, scope());

/** The first acknowledged command of that name, which a test may lie about. */
function acknowledged(told: readonly Told[], name: CommandName): Told {
  const found = told.find((each) => each.name === name && each.acknowledged !== undefined);
  if (found === undefined) throw new Error(`no ${name} was acknowledged`);
  return found;
}

/** Harms the books as only their owner can, looks, and takes it back. */
async function harmed(table: string, harm: string, id: string, look: () => Promise<string[]>) {
  await owner.rows("begin");
  try {
    await owner.rows(`alter table ${table} disable trigger user`);
    await owner.rows(harm, [id]);
    return await look();
  } finally {
    await owner.rows("rollback");
  }
}

describe("the checker finds nothing", () => {
  test("where nothing is wrong, of every kind of command", async () => {
    const told = trial.told();
    for (const name of ["sale", "void", "refund", "receipt", "run"] as const)
      acknowledged(told, name);
    expect(tallyOf(told).refused).toBeGreaterThan(0);
    expect(await check(told)).toEqual([]);
    expect(await trial.prove([web])).toEqual([]);
  });
});

describe("the checker names", () => {
  for (const name of ["sale", "void", "refund", "receipt", "run"] as const) {
    test(`an acknowledged ${name} that does not exist [I1]`, async () => {
      const told = trial.told();
      const lie = { ...acknowledged(told, name), id: newId() };
      expect(await check([...told, lie])).toEqual([
        `I1 ${lie.journal} ${name} ${lie.id}: acknowledged, yet it does not exist`,
      ]);
    });
  }

  for (const [name, field] of [
    ["sale", "total"],
    ["sale", "receiptNumber"],
    ["void", "total"],
    ["refund", "total"],
    ["run", "totalCost"],
  ] as const) {
    test(`a ${name} whose acknowledged ${field} is not the one in the books [I1]`, async () => {
      const told = trial.told();
      const lie = acknowledged(told, name);
      lie.acknowledged!.body[field] = "9.99";
      const [finding, ...others] = await check(told);
      expect(finding).toStartWith(`I1 ${lie.journal} ${name} ${lie.id}: ${field} was 9.99, is `);
      expect(others).toEqual([]);
    });
  }

  test("a receipt whose acknowledged cost is not the one in the books [I1]", async () => {
    const told = trial.told();
    const lie = acknowledged(told, "receipt");
    lie.acknowledged!.body.lines[0].totalCost = "9.99";
    expect((await check(told))[0]).toContain("lines.0.totalCost was 9.99, is ");
  });

  test("a refused command that exists, and one that no till meant [I4]", async () => {
    const told = trial.told();
    const lie = acknowledged(told, "sale");
    const rest = told.filter((each) => each !== lie);
    const { acknowledged: _, ...refused } = { ...lie, refused: "stock.short" };
    expect(await check([...rest, refused])).toEqual([
      `I4 ${lie.journal} sale ${lie.id}: refused (stock.short), yet it exists`,
    ]);
    const [finding] = await check(rest);
    expect(finding).toBe(`I4 sale ${lie.id}: exists, and no till meant it`);
  });

  test("a sale that is gone [I1]", async () => {
    const told = trial.told();
    const isUndone = (id: string) => told.some(({ path }) => path.startsWith(`/sales/${id}/`));
    const { id } = told.find(
      (each) => each.name === "sale" && each.acknowledged && !isUndone(each.id),
    )!;
    const gone = "delete from sales.sales where id = $1";
    const findings = await harmed("sales.sales", gone, id, () => check(told));
    expect(findings.some((each) => each.includes(`sale ${id}: acknowledged, yet`))).toBe(true);
    expect(findings.some((each) => each.endsWith("its receipt numbers have a gap"))).toBe(true);
  });

  test("a payment that is there twice [I5]", async () => {
    const told = trial.told();
    const { id } = acknowledged(told, "sale");
    const twice = `insert into sales.payments (sale_id, position, method, amount)
      select sale_id, position + 1000, method, amount from sales.payments where sale_id = $1`;
    const findings = await harmed("sales.payments", twice, id, () => check(told));
    expect(findings).toEqual([`I5 payments of sale ${id}: 200.0000, not 100.0000`]);
  });

  test("a movement that is there twice [I1, I2]", async () => {
    const told = trial.told();
    const { id } = acknowledged(told, "receipt");
    const twice = `insert into stock.movements
      select (json_populate_record(m, json_build_object('id', gen_random_uuid()))).*
      from stock.movements m where m.source_id = $1`;
    const findings = await harmed("stock.movements", twice, id, async () => [
      ...(await check(told)),
      ...(await checkBooks(owner)),
    ]);
    expect(findings.some((each) => each.startsWith("I1 the stock moved of receipt"))).toBe(true);
    expect(findings.some((each) => /^I2 balance .* is not its movements$/.test(each))).toBe(true);
    expect(findings.some((each) => /^I2 movement .* allocations$/.test(each))).toBe(true);
  });

  test("a replay that answers otherwise, or anew [I4]", async () => {
    const { siteId } = trial.shop;
    const replay = (told: Told) =>
      replayOpen(remoteClient(web.base), owner, [told], { siteId, stream: trial.stream });
    const lie = acknowledged(trial.told(), "sale");
    lie.acknowledged!.body.total = "9.99";
    const name = `I4 ${lie.journal} sale ${lie.id}`;
    expect(await replay(lie)).toEqual([`${name}: answered otherwise the second time`]);
    const { acknowledged: _, ...open } = lie;
    const reused = { ...open, body: { ...open.body, discount: "0.01" } };
    expect(await replay(reused)).toEqual([
      `${name}: existed, yet its replay is 422 idempotency.reused`,
    ]);
  });

  test("a connection that was left in a transaction [I7]", async () => {
    const leak = new pg.Client({
      connectionString: database.appUrl,
      application_name: "banneton",
    });
    await leak.connect();
    await leak.query("begin");
    const admin = await openSql(database.adminUrl);
    const [finding] = await checkConnections(admin, 1, 200);
    await Promise.all([leak.end(), admin.close()]);
    expect(finding).toMatch(/^I7 \d+ connections of 1 processes, 1 not idle$/);
  });

  test("a layer that holds more than came in less what went out [I2]", async () => {
    const { layerId } = acknowledged(trial.told(), "run").acknowledged!.body;
    const more = "update stock.layers set value = value + 0.000001 where id = $1";
    const findings = await harmed("stock.layers", more, layerId, () => checkBooks(owner));
    expect(findings).toContain(`I2 layer ${layerId} is not its allocations`);
  });
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import * as bakery from "../harness/bakery.ts";
import { remoteClient } from "../harness/remote.ts";
import { startWebProcess, type WebProcess } from "../harness/web-process.ts";
import { saleOf } from "./commands.ts";
import { type FaultDatabase, faultDatabase } from "./database.ts";
import { rounds } from "./schedule.ts";
import { openSql } from "./sql.ts";
import { openTrial, type Trial } from "./trial.ts";

// Row 10 of the matrix: 200 tills, two servers, one item.
const tills = 200;
const steps = rounds(3, 40);
const onHand = Math.floor(tills * steps * 0.75);
let database: FaultDatabase;
let webs: readonly WebProcess[];
let trial: Trial;

beforeAll(async () => {
  database = await faultDatabase();
  webs = await Promise.all([1, 2].map(() => startWebProcess(database.appUrl)));
  let turn = 0;
  const target = () => webs[turn++ % webs.length]!.base;
  trial = await openTrial({ name: "hot item", database, tills, target });
});

afterAll(async () => {
  await Promise.all(webs.map((web) => web.stop()));
  trial.close();
  await database.drop();
});

interface Counters {
  readonly deadlocks: number;
  readonly begun: number;
}

const counters = `select deadlocks::int, (xact_commit + xact_rollback)::int as begun
  from pg_stat_database where datname = current_database()`;

test("200 tills on one item sell exactly what there is, with few retries and no deadlock", async () => {
  const client = remoteClient(webs[0]!.base);
  const { siteId } = trial.shop;
  const itemId = await bakery.addItem(client, { kind: "product", unit: "piece", price: "1.00" });
  const id = trial.stream.id();
  const lines = [{ itemId, quantity: String(onHand), totalCost: "333.33" }];
  await bakery.receive(client, siteId, lines, { id });
  trial.allow(id);
  const load = trial.start({
    steps,
    draw: ({ tillId, stream }) => {
      const one = [{ itemId, quantity: "1" }];
      return saleOf({ id: stream.id(), siteId, tillId, lines: one, onShort: "refuse" });
    },
  });
  await load.ended;
  expect(await trial.prove(webs)).toEqual([]);
  const { quantity } = await bakery.balanceOf(client, siteId, itemId);
  const sold = trial.told().filter((each) => each.acknowledged !== undefined).length;
  expect(quantity).toBe(String(onHand - sold));
  expect(sold).toBe(onHand);
  // The statistics of a backend are complete when it has ended.
  expect(await Promise.all(webs.map((web) => web.stop()))).toEqual([0, 0]);
  const owner = await openSql(database.ownerUrl);
  const [counted] = await owner.rows<Counters>(counters);
  await owner.close();
  expect(counted?.deadlocks).toBe(0);
  // The sale's own, one to look for a twin's answer when it is refused, and what opened the shop:
  // twice as many would be retries at large.
  expect(counted?.begun).toBeLessThan(tills * steps * 2 + 1_000);
});

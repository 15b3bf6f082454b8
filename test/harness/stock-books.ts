import type pg from "pg";
import {
  consume,
  lockBalances,
  mirror,
  postingMoment,
  receive,
  recordShortfalls,
  shareCost,
} from "#modules/stock/index.ts";
import { type App, type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import * as bakery from "./bakery.ts";
import type { TestWeb } from "./web.ts";

export const contextOf = (app: App): Ctx => ({
  app,
  actor: SYSTEM_ACTOR,
  traceId: "t",
  now: app.now,
  log: app.log,
});

const insertEdge = statement(
  "test_edge",
  `insert into stock.genealogy select a.movement_id, a.layer_id, $2, -a.quantity, -a.value
   from stock.allocations a where a.movement_id = $1`,
);

export interface Books {
  readonly siteId: string;
  readonly flour: string;
  readonly bread: string;
  readonly layers: readonly string[];
  readonly sale: string;
  readonly reversal: string;
  readonly consumption: string;
  readonly produced: string;
  readonly shortfall: string;
  readonly settlement: string;
}

/** Sound books of a site with one of everything that verify looks at. */
export async function keepBooks({ client, app }: TestWeb, owner: pg.Client): Promise<Books> {
  const ctx = contextOf(app);
  const { siteId } = await bakery.openShop(client);
  const flour = await bakery.addItem(client);
  const bread = await bakery.addItem(client, { kind: "product", unit: "piece" });
  const ids = { sale: newId(), consumption: newId(), produced: newId(), shortfall: newId() };
  const run = newId();
  const receipt = await bakery.receive(client, siteId, [
    { itemId: flour, quantity: "3", totalCost: "10" },
    { itemId: flour, quantity: "5", totalCost: "20" },
  ]);
  const reversal = await app.db.withTransaction(async (tx) => {
    const moment = await postingMoment(tx, ctx, siteId);
    const locked = await lockBalances(tx, siteId, [flour, bread]);
    const posting = { ...moment, siteId, eligibility: "eligible", allowShort: false } as const;
    const taking = (movementId: string, quantity: string) => [
      { movementId, itemId: flour, quantity },
    ];
    const sale = { ...posting, type: "sale", sourceId: newId() } as const;
    await consume(tx, ctx, { ...sale, lines: taking(ids.sale, "1") });
    const undo = {
      ...moment,
      type: "void",
      sourceId: sale.sourceId,
      movementIds: [ids.sale],
    } as const;
    const [pair] = await mirror(tx, ctx, undo);
    const consumption = { ...posting, type: "consumption", sourceId: run } as const;
    await consume(tx, ctx, { ...consumption, lines: taking(ids.consumption, "4") });
    const line = { lotId: newId(), layerId: ids.produced, movementId: newId(), itemId: bread };
    const lines = [{ ...line, quantity: "6", value: "14" }];
    const output = {
      ...moment,
      siteId,
      type: "output",
      origin: "run",
      sourceId: run,
      lines,
    } as const;
    await receive(tx, ctx, output, locked);
    await tx.run(insertEdge, [ids.consumption, ids.produced]);
    const good = { sourceId: run, itemId: bread, siteId, layerId: ids.produced, good: "6" };
    await shareCost(tx, { ...good, lost: "0" });
    const sold = { id: ids.shortfall, itemId: flour, quantity: "2", sourceLineId: newId() };
    const { effectiveAt } = moment;
    await recordShortfalls(tx, { siteId, sourceId: newId(), effectiveAt, lines: [sold] });
    return pair?.movementId ?? "";
  });
  await bakery.receive(client, siteId, [{ itemId: flour, quantity: "1", totalCost: "4" }]);
  const settled = `select movement_id from stock.settlements where shortfall_id = $1`;
  const { rows } = await owner.query(settled, [ids.shortfall]);
  const layers = receipt.lines.map((each: { layerId: string }) => each.layerId);
  return { siteId, flour, bread, layers, ...ids, reversal, settlement: rows[0].movement_id };
}

/** Changes the books as only their owner can. */
export async function corrupt(
  owner: pg.Client,
  table: string,
  sql: string,
  ...values: unknown[]
): Promise<void> {
  await owner.query("begin");
  await owner.query(`alter table stock.${table} disable trigger user`);
  const { rowCount } = await owner.query(sql, values);
  await owner.query(`alter table stock.${table} enable trigger user`);
  await owner.query("commit");
  if (rowCount === 0) throw new Error("nothing was corrupted");
}

import { newId } from "#platform/id.ts";
import { consume, lockBalances, postingMoment, receive, verifyStock } from "#modules/stock/index.ts";
import * as bakery from "./harness/bakery.ts";
import { testDatabase } from "./harness/postgres.ts";
import { contextOf } from "./harness/stock-books.ts";
import { openTestWeb } from "./harness/web.ts";
import pg from "pg";
const db = await testDatabase();
const web = openTestWeb(db.appUrl);
const ctx = contextOf(web.app);
const { siteId } = await bakery.openShop(web.client);
const items: string[] = [];
for (let i = 0; i < 20; i++) items.push(await bakery.addItem(web.client));
const t0 = Date.now();
const lines = 100, commands = Number(process.argv[2] ?? 1500);
await Promise.all([0,1,2,3].map(async (w) => {
for (let c = w; c < commands; c += 4) {
  const itemId = items[c % 20]!;
  await web.app.db.withTransaction(async (tx) => {
    const moment = await postingMoment(tx, ctx, siteId);
    const locked = await lockBalances(tx, siteId, [itemId]);
    const sourceId = newId();
    await receive(tx, ctx, { ...moment, siteId, type: "receipt", origin: "receipt", sourceId, lines: [{ lotId: newId(), layerId: newId(), movementId: newId(), itemId, quantity: "101", value: "97.31" }] }, locked);
    await consume(tx, ctx, { ...moment, siteId, type: "sale", sourceId, eligibility: "eligible", allowShort: false, lines: Array.from({ length: lines }, () => ({ movementId: newId(), itemId, quantity: "1" })) });
  });
}}));
console.log("loaded", Date.now() - t0, "ms");
const o = new pg.Client({ connectionString: db.ownerUrl }); await o.connect();
await o.query("analyze");
for (let i = 0; i < 2; i++) {
  const t = Date.now();
  const v = await verifyStock(ctx, {});
  console.log("verify", Date.now() - t, "ms", JSON.stringify(v), Math.round(process.memoryUsage().rss / 1e6), "MB");
}
const small = await bakery.openShop(web.client);
for (const itemId of items.slice(0, 4)) await bakery.receive(web.client, small.siteId, [{ itemId, quantity: "1", totalCost: "1" }]);
let t = performance.now();
for (let i = 0; i < 50; i++) await verifyStock(ctx, { siteId: small.siteId });
console.log("small verify", (performance.now() - t) / 50, "ms");
{
  const real = web.app.db.withSnapshot.bind(web.app.db);
  const acc = new Map<string, number>();
  const app2 = { ...web.app, db: { ...web.app.db, withSnapshot: (work: any) => real((d: any) => work({ run: async (s: any, v: any) => { const t = performance.now(); const r = await d.run(s, v); acc.set(s.name, (acc.get(s.name) ?? 0) + performance.now() - t); return r; } })) } } as any;
  for (let i = 0; i < 20; i++) await verifyStock({ ...ctx, app: app2 }, { siteId: small.siteId });
  console.log("per small verify", [...acc].map(([k, v]) => [k, (v / 20).toFixed(2)].join("=")).join(" "));
  acc.clear(); const tt = performance.now();
  await verifyStock({ ...ctx, app: app2 }, {});
  console.log("full", (performance.now() - tt).toFixed(0), [...acc].map(([k, v]) => [k, v.toFixed(0)].join("=")).join(" "));
}
{
  const got: any[] = [];
  const real = web.app.db.withSnapshot.bind(web.app.db);
  const app2 = { ...web.app, db: { ...web.app.db, withSnapshot: (work: any) => real((d: any) => work({ run: async (s: any, v: any) => { if (s.name === "stock_verify_movements" && got.length === 0) got.push([s.text, v]); return d.run(s, v); } })) } } as any;
  await verifyStock({ ...ctx, app: app2 }, { siteId: small.siteId });
  await o.query("set plan_cache_mode = force_generic_plan");
  await o.query("prepare x (uuid, uuid, bigint) as " + got[0][0]);
  const { rows } = await o.query(`explain (analyze, buffers) execute x ('${got[0][1][0]}', '${got[0][1][1]}', 0)`);
  await o.query("set plan_cache_mode = auto");
  console.log(rows.map((r: any) => r["QUERY PLAN"]).join("\n"));
}
const explain = async (name: string, sql: string, values: unknown[]) => {
  const { rows } = await o.query(`explain (analyze, buffers, costs off) ${sql}`, values);
  console.log(`-- ${name}\n` + rows.map((r) => r["QUERY PLAN"]).join("\n"));
};
// capture list SQL
const shown: [string, unknown[]][] = [];
const fake = { run: async (s: any, v: any) => { shown.push([s.text, v]); return (await o.query(s.text, v)).rows; } } as any;
const lb = await import("#modules/stock/queries/list-balances.ts"); const ll = await import("#modules/stock/queries/list-layers.ts"); const lm = await import("#modules/stock/queries/list-movements.ts"); const ls = await import("#modules/stock/queries/list-shortfalls.ts");
await lb.listBalances(fake, { siteId, limit: 50 }, new Date());
await lb.listBalances(fake, { limit: 50 }, new Date());
await ll.listLayers(fake, { siteId, itemId: items[0], open: true, limit: 50 });
await ll.listLayers(fake, { siteId, limit: 50 });
await lm.listMovements(fake, { siteId, itemId: items[0], limit: 50 });
await lm.listMovements(fake, { siteId, limit: 50 });
await lm.listMovements(fake, { siteId: small.siteId, limit: 50 });
await ls.listShortfalls(fake, { siteId, open: true, limit: 50 });
for (const [text, values] of shown) await explain(text.replaceAll(/\s+/g, " ").slice(-170), text, values);
t = performance.now();
for (let i = 0; i < 300; i++) await lb.listBalances(web.app.db, { siteId, limit: 50 }, new Date());
console.log("listBalances", (performance.now() - t) / 300, "ms");
await o.end(); await web.close(); await db.drop(); process.exit(0);

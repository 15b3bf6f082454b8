import { seedDemo } from "../../src/cli/demo.ts";
import { verifyStock } from "../../src/modules/stock/index.ts";
import { testDatabase } from "../harness/postgres.ts";
import { contextOf } from "../harness/stock-books.ts";
import { openTestWeb } from "../harness/web.ts";

const database = await testDatabase();
const web = openTestWeb(database.appUrl, { now: () => new Date() });
const t = performance.now();
await seedDemo(web.app as never, () => {}, {
  years: Number(process.argv[2]),
  ownerUrl: database.ownerUrl,
} as never);
console.log("seeded", (performance.now() - t) / 1000);

import pg from "pg";

const own = new pg.Client({ connectionString: database.ownerUrl });
await own.connect();
await own.query("vacuum analyze");
const times = new Map<string, [number, number]>();
const old = pg.Client.prototype.query as any;
const last = Promise.resolve();
(pg.Client.prototype as any).query = function (...args: any[]) {
  const name = args[0]?.name ?? String(args[0]?.text ?? args[0]).slice(0, 30);
  const begun = performance.now();
  const r = old.apply(this, args);
  if (r?.then)
    r.then(
      () => {
        const t = times.get(name) ?? [0, 0];
        t[0]++;
        t[1] += performance.now() - begun;
        times.set(name, t);
      },
      () => {},
    );
  return r;
};
for (let i = 0; i < 2; i++) {
  times.clear();
  const s = performance.now();
  const c = process.cpuUsage();
  const v = await verifyStock(contextOf(web.app));
  console.log(
    "verify",
    (performance.now() - s) / 1000,
    process.cpuUsage(c).user / 1e6,
    v.certificate,
    v.broken,
    process.memoryUsage().rss / 1e6,
  );
  for (const [n, [c2, ms]] of [...times].sort((a, b) => b[1][1] - a[1][1]).slice(0, 14))
    console.log(n, c2, Math.round(ms));
}
await own.end();
process.exit(0);

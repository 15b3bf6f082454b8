import { seedDemo } from "../../src/cli/demo.ts";
import { verifyStock } from "../../src/modules/stock/index.ts";
import { testDatabase } from "../harness/postgres.ts";
import { contextOf } from "../harness/stock-books.ts";
import { openTestWeb } from "../harness/web.ts";
const database = await testDatabase();
const web = openTestWeb(database.appUrl, { now: () => new Date() });
const t = performance.now();
await seedDemo(web.app as never, () => {}, { years: Number(process.argv[2]), ownerUrl: database.ownerUrl } as never);
console.log("seeded", (performance.now() - t) / 1000);
for (let i = 0; i < 2; i++) {
  const s = performance.now(); const c = process.cpuUsage();
  const v = await verifyStock(contextOf(web.app));
  console.log("verify", (performance.now() - s) / 1000, process.cpuUsage(c).user / 1e6, v.certificate, v.broken, process.memoryUsage().rss / 1e6);
}
await web.close(); await database.drop(); process.exit(0);

import fc from "fast-check";
import * as bakery from "../harness/bakery.ts";
import { testDatabase } from "../harness/postgres.ts";
import { plainClient } from "../harness/remote.ts";
import { openTestWeb } from "../harness/web.ts";
import { sequences } from "./generate.ts";
import { runSequence } from "./sequence.ts";

const database = await testDatabase();
let clock = 0;
const web = openTestWeb(database.appUrl, { now: () => new Date(clock) });
const client = plainClient(web.web.fetch);
const [fifo, fefo] = [
  await bakery.addCategory(client, "fifo"),
  await bakery.addCategory(client, "fefo"),
];
const stage = {
  web,
  client,
  categories: { fifo, fefo },
  outcomes: new Map(),
  setClock: (at: number) => {
    clock = at;
  },
};
const t = performance.now();
const c = process.cpuUsage();
const all = fc.sample(sequences, { seed: 5, numRuns: Number(process.argv[2] ?? 50) });
console.log("gen", performance.now() - t, all.reduce((s, a) => s + a.length, 0) / all.length);
for (const s of all) await runSequence(stage as never, s);
console.log("wall", performance.now() - t, process.cpuUsage(c));
await web.close();
await database.drop();
process.exit(0);

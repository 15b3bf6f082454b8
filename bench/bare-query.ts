import pg from "pg";
import type { Sent } from "./capture.ts";

// A process of its own: the bare queries of a read, on as many connections as the product has, asked 32
// at a time. Tells how many answers came on each line it is sent a number of milliseconds.
interface Order {
  readonly url: string;
  readonly sent: readonly Sent[];
  readonly connections: number;
  readonly concurrency: number;
}

const { url, sent, connections, concurrency } = JSON.parse(process.argv[2] ?? "{}") as Order;
const pool = new pg.Pool({ connectionString: url, max: connections });
const queries = sent.map(({ name, text, values }, index) => ({
  name: name ?? `bare_${index}`,
  text,
  values: [...values],
}));

async function answersWithin(ms: number): Promise<number> {
  const started = performance.now();
  let answers = 0;
  const asker = async () => {
    while (performance.now() - started < ms) {
      for (const query of queries) await pool.query(query);
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, asker));
  return (answers * 1000) / (performance.now() - started);
}

for await (const line of console) console.log(await answersWithin(Number(line)));
await pool.end();

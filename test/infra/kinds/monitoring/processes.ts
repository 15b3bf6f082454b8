import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { testDatabase } from "../../../harness/postgres.ts";
import { startTestRedis } from "../../../harness/redis.ts";
import { startWebProcess } from "../../../harness/web-process.ts";
import { startWorkerProcess } from "../../../harness/worker-process.ts";

/** What a web that was asked things and a worker that did something print at /metrics. */
export async function bakeryScrape(): Promise<string> {
  const database = await testDatabase();
  const redis = await startTestRedis();
  try {
    const REDIS_URL = redis.url;
    const port = await freePort();
    const web = await startWebProcess(database.appUrl, { REDIS_URL, METRICS_PORT: String(port) });
    const worker = await startWorkerProcess(database.appUrl, { env: { REDIS_URL } });
    try {
      await fetch(`${web.base}/api/v1/items`).then((response) => response.text());
      const ran = /^banneton_job_duration_seconds_count/m;
      let ofWorker = "";
      const deadline = performance.now() + 20_000;
      while (!ran.test(ofWorker) && performance.now() < deadline) {
        ofWorker = await textOf(`${worker.base}/metrics`);
        await Bun.sleep(100);
      }
      return `${await textOf(`http://127.0.0.1:${port}/metrics`)}\n${ofWorker}`;
    } finally {
      await Promise.all([web.stop(), worker.stop()]);
    }
  } finally {
    await redis.close();
    await database.drop();
  }
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** A port that nobody holds now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { newId } from "../src/platform/id.ts";
import { writeTillFile } from "../test/harness/till-file.ts";
import type { Place } from "./place.ts";
import type { Measured } from "./rounds.ts";

const rowsPerSecondMin = 20_000;
const bytesMax = 300 * 1024 * 1024;

/**
 * A till's export through the command line, in a process of its own, beside COPY of the same rows into
 * a bare table: rows a second, peak memory and the ratio of the two.
 */
export async function measureImport(place: Place, lines = 234_000): Promise<Measured[]> {
  const path = join(place.folder, `till-${lines}.csv`);
  writeTillFile(path, { lines, seed: 5 });
  const copied = await copyRows(place, path, lines);
  const imported = await importRows(place, path);
  const rows = imported.lines / imported.seconds;
  return [
    {
      name: "import",
      value: rows,
      unit: "rows/s",
      ratio: rows / rowsPerSecondMin,
      limit: 1,
    },
    { name: "import-copy", value: copied, unit: "rows/s of COPY", ratio: rows / copied, limit: 0 },
    {
      name: "import-memory",
      value: imported.bytesPeak / 1024 / 1024,
      unit: "MiB at most",
      ratio: bytesMax / imported.bytesPeak,
      limit: 1,
    },
  ];
}

async function copyRows(place: Place, path: string, lines: number): Promise<number> {
  const client = new pg.Client({ connectionString: place.ownerUrl });
  await client.connect();
  try {
    await client.query(
      `create table public.copied (line text, day date, clock time, ticket bigint, article text,
         quantity numeric, price text)`,
    );
    const started = performance.now();
    const target = client.query(
      copyFrom("copy public.copied from stdin with (format csv, header true)"),
    );
    await pipeline(createReadStream(path), target);
    return lines / ((performance.now() - started) / 1000);
  } finally {
    await client.query("drop table if exists public.copied").catch(() => {});
    await client.end();
  }
}

async function importRows(place: Place, path: string) {
  const siteId = newId();
  const client = new pg.Client({ connectionString: place.ownerUrl });
  await client.connect();
  await client.query(
    `insert into sites.sites (id, name, zone, cutover, prices_include_tax)
     values ($1, $2, 'Europe/Paris', '03:00', true)`,
    [siteId, `Import ${siteId}`],
  );
  await client.end();
  const main = join(import.meta.dir, "../src/cli/main.ts");
  const child = Bun.spawn([process.execPath, main, "import", path, "--site", siteId, "--json"], {
    cwd: place.folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      NODE_ENV: "production",
      DATABASE_URL: place.appUrl,
      MIGRATE_DATABASE_URL: place.ownerUrl,
    },
    stdout: "pipe",
    stderr: "inherit",
  });
  const [out, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  if (code !== 0) throw new Error(`the import ended with ${code}`);
  const done = JSON.parse(out) as { linesRecorded: number; startedAt: string; finishedAt: string };
  const seconds = (Date.parse(done.finishedAt) - Date.parse(done.startedAt)) / 1000;
  const bytesPeak = child.resourceUsage()?.maxRSS ?? 0;
  return { lines: done.linesRecorded, seconds, bytesPeak };
}

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { type Pack, pack } from "tar-stream";
import type { Reach } from "../trusted-ca.ts";
import { type ArchivedTable, fileOf, type Manifest, manifestName } from "./manifest.ts";
import { type ArchiveTable, copyTarget, listTables } from "./tables.ts";

export interface WriteOptions {
  readonly now: Date;
  /** Told after each table. */
  readonly say?: (sentence: string) => void;
}

/**
 * Writes a whole company into one archive (tar, gzip): every table of one snapshot, spooled to a
 * folder of its own first, so that the transaction ends before anything is packed or sent.
 */
export async function writeArchive(
  database: Reach,
  file: string,
  options: WriteOptions,
): Promise<Manifest> {
  const folder = await mkdtemp(join(tmpdir(), "banneton-archive-"));
  try {
    const manifest = await spool(database, folder, options);
    await packed(folder, manifest, file);
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sequences = `
  select schemaname || '.' || sequencename as name, coalesce(last_value, 1)::text as last
  from pg_sequences where schemaname not in ('pg_catalog', 'information_schema') order by 1`;

async function spool(database: Reach, folder: string, options: WriteOptions): Promise<Manifest> {
  const client = new pg.Client({ ...database, application_name: "banneton archive" });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    const migrations = "select name from platform.migrations order by name";
    const schema = (await client.query<{ name: string }>(migrations)).rows;
    const tables: ArchivedTable[] = [];
    for (const table of await listTables(client)) {
      const spooled = await spoolTable(client, table, join(folder, table.name));
      tables.push(spooled);
      options.say?.(`${table.name}: ${spooled.rows} rows`);
    }
    const drawn = (await client.query<{ name: string; last: string }>(sequences)).rows;
    await client.query("commit");
    return {
      format: "banneton-archive",
      version: 1,
      madeAt: options.now.toISOString(),
      schema: schema.map(({ name }) => name),
      tables,
      sequences: drawn,
    };
  } finally {
    await client.end();
  }
}

async function spoolTable(
  client: pg.Client,
  table: ArchiveTable,
  file: string,
): Promise<ArchivedTable> {
  const digest = createHash("sha256");
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const copied = client.query(copyTo(`copy ${copyTarget(table)} to stdout`));
  await pipeline(copied, meter, createWriteStream(file));
  const { name, columns } = table;
  return {
    name,
    columns: [...columns],
    rows: copied.rowCount,
    bytes,
    sha256: digest.digest("hex"),
  };
}

async function packed(folder: string, manifest: Manifest, file: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createGzip(), createWriteStream(file));
  written.catch((error: Error) => archive.destroy(error));
  archive.entry({ name: manifestName }, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const table of manifest.tables) await packTable(archive, folder, table);
  archive.finalize();
  await written;
}

async function packTable(archive: Pack, folder: string, table: ArchivedTable): Promise<void> {
  const entry = archive.entry({ name: fileOf(table), size: table.bytes });
  await pipeline(createReadStream(join(folder, table.name)), entry);
}

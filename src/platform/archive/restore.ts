import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { extract } from "tar-stream";
import type { Reach } from "../trusted-ca.ts";
import { fileOf, type Manifest, manifestName, parseManifest } from "./manifest.ts";
import { type ArchiveTable, copyTarget, listTables, quoted } from "./tables.ts";

/** An archive that cannot be restored here; the message is for the person who tried. */
export class ArchiveError extends Error {}

/**
 * Puts an archive into a database that has the same schema and no company in it, in one transaction as
 * its owner: all of it or nothing. Every table is checked against the manifest before the first row
 * is written. Throws `ArchiveError`.
 */
export async function restoreArchive(
  owner: Reach,
  file: string,
  say: (sentence: string) => void = () => {},
): Promise<Manifest> {
  const folder = await mkdtemp(join(tmpdir(), "banneton-restore-"));
  try {
    const manifest = await unpack(file, folder);
    await load(owner, folder, manifest, say);
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(file: string, folder: string): Promise<Manifest> {
  const reading = createReadStream(file);
  const entries = extract();
  const flowing = pipeline(reading, createGunzip(), entries);
  flowing.catch(() => {});
  let manifest: Manifest | undefined;
  const missing = new Set<string>();
  try {
    for await (const entry of entries) {
      const { name } = entry.header;
      if (manifest === undefined) {
        manifest = name === manifestName ? parseManifest(await text(entry)) : undefined;
        if (manifest === undefined) throw new ArchiveError("This file is no Banneton archive.");
        for (const table of manifest.tables) missing.add(fileOf(table));
        continue;
      }
      // Only names that the manifest has, which hold no path.
      if (!missing.delete(name)) throw new ArchiveError(`The archive has a stray file: ${name}.`);
      await unpackTable(entry, folder, manifest, name);
    }
    await flowing;
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError(`The archive cannot be read to its end: ${reasonOf(error)}.`);
  } finally {
    reading.destroy();
  }
  if (manifest === undefined) throw new ArchiveError("This file is no Banneton archive.");
  const [first] = missing;
  if (first !== undefined) throw new ArchiveError(`The archive ends before ${first}.`);
  return manifest;
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function unpackTable(
  entry: AsyncIterable<unknown>,
  folder: string,
  manifest: Manifest,
  name: string,
) {
  const table = manifest.tables.find((each) => fileOf(each) === name);
  if (table === undefined) return;
  const digest = createHash("sha256");
  async function* hashed() {
    for await (const chunk of entry as AsyncIterable<Uint8Array>) {
      digest.update(chunk);
      yield chunk;
    }
  }
  await pipeline(hashed, createWriteStream(join(folder, table.name)));
  if (digest.digest("hex") === table.sha256) return;
  throw new ArchiveError(`${table.name} is not what the archive's manifest says.`);
}

async function load(
  owner: Reach,
  folder: string,
  manifest: Manifest,
  say: (sentence: string) => void,
): Promise<void> {
  const client = new pg.Client({ ...owner, application_name: "banneton restore" });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("begin");
    await refuseOtherSchema(client, manifest);
    const tables = await listTables(client);
    const archived = new Map(manifest.tables.map((table) => [table.name, table]));
    await refuseCompany(client, tables);
    for (const { name } of tables) {
      const table = archived.get(name);
      if (table === undefined) throw new ArchiveError(`The archive has no ${name}.`);
      const copying = client.query(copyFrom(`copy ${copyTarget(table)} from stdin`));
      await pipeline(createReadStream(join(folder, name)), copying);
      if (copying.rowCount !== table.rows) throw new ArchiveError(`${name} lacks rows.`);
      say(`${name}: ${table.rows} rows`);
    }
    for (const { name, last } of manifest.sequences) {
      await client.query("select setval($1::regclass, $2::bigint)", [quoted(name), last]);
    }
    await client.query("commit");
    await client.query("analyze");
  } finally {
    await client.end();
  }
}

async function refuseOtherSchema(client: pg.Client, { schema }: Manifest): Promise<void> {
  const sql = "select name from platform.migrations order by name";
  const here = (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
  if (here.join() === schema.join()) return;
  const [mine, its] = [here.at(-1) ?? "none", schema.at(-1) ?? "none"];
  const advice = "Restore it with the version that made it, then migrate.";
  throw new ArchiveError(`The archive has schema ${its}, this database ${mine}. ${advice}`);
}

async function refuseCompany(client: pg.Client, tables: readonly ArchiveTable[]): Promise<void> {
  for (const { name } of tables) {
    const { rows } = await client.query(`select from ${quoted(name)} limit 1`);
    if (rows.length === 0) continue;
    throw new ArchiveError(`The database is not empty (${name}): restore into a new one.`);
  }
}

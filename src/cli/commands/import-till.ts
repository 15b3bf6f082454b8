import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { Value } from "@sinclair/typebox/value";
import {
  announceTillExport,
  getTillExport,
  guessTillMapping,
  hashOfBytes,
  listTillFlags,
  receiveTillExport,
  type TillExport,
  type TillFlag,
  TillMapping,
  type TillProgress,
} from "#modules/imports/index.ts";
import { hashOf } from "#platform/command.ts";
import type { Ctx } from "#platform/context.ts";
import { csvLines } from "#platform/csv.ts";
import { AppError } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import { withApp } from "../database.ts";
import { findSite } from "../site.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

export interface TillOptions {
  readonly site: string;
  readonly mapping?: string;
  readonly guess?: boolean;
  readonly report?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const exitInterrupted = 130;
const sampleBytes = 64 * 1024;

/** Brings in a till's export; interrupted, the same command goes on. */
export async function importTill(
  terminal: Terminal,
  file: string,
  options: TillOptions,
): Promise<void> {
  const bytesTotal = sizeOf(file);
  const mapping = options.mapping === undefined ? undefined : readMapping(options.mapping);
  const known = mapping === undefined ? {} : { mapping };
  await withApp(terminal, async (app) => {
    const ctx = systemCtx(app);
    if (options.guess === true) {
      const { mapping: guessed, ...why } = await guessTillMapping(ctx, await headOf(file));
      terminal.say(JSON.stringify(why, null, 2));
      terminal.print(JSON.stringify(guessed, null, 2));
      return;
    }
    const { id: siteId } = await findSite(ctx, options.site);
    if (options.report !== undefined) beginReport(options.report);
    const fileName = file.split(/[\\/]/).at(-1)?.slice(0, 200) || "till.csv";
    const input = { siteId, fileName, dryRun: options.dryRun === true, ...known };
    const id = await announced(ctx, input, await hashOfBytes(createReadStream(file)));
    const received = { id, bytes: createReadStream(file), bytesTotal };
    const moved = watcher(terminal, bytesTotal);
    const done = await receiveTillExport(ctx, { ...received, moved });
    terminal.progress("");
    if (options.json === true) terminal.print(JSON.stringify(done, null, 2));
    else for (const line of linesOf(done)) terminal.print(line);
    if (options.report !== undefined) await writeReport(ctx, id, options.report);
    else if (options.json !== true) await tellFlags(ctx, terminal, done);
  });
}

/** The same file with the same mapping at the same site is the same import, unless it failed. */
async function announced(
  ctx: Ctx,
  input: Parameters<typeof announceTillExport>[2],
  contentHash: string,
): Promise<string> {
  const { fileName: _, ...same } = input;
  const id = idOf(hashOf({ ...same, contentHash }));
  const known = await getTillExport(ctx, id).catch((error: unknown) => {
    if (error instanceof AppError && error.kind === "not_found") return undefined;
    throw error;
  });
  if (known !== undefined && known.state !== "failed") return id;
  const fields = known === undefined ? { ...input, id } : input;
  return (await announceTillExport(ctx, newId(), fields)).body.id;
}

/** An id that is the same each time, in the form of all ids. */
function idOf(hash: string): string {
  const parts = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 15), hash.slice(15, 18)];
  const [first, second, third, fourth] = parts;
  return `${first}-${second}-7${third}-8${fourth}-${hash.slice(18, 30)}`;
}

function sizeOf(file: string): number {
  try {
    const found = statSync(file);
    if (found.isFile()) return found.size;
  } catch {
    // Said below.
  }
  throw new CommandError(`${file} cannot be read.`);
}

async function headOf(file: string): Promise<Uint8Array> {
  const opened = await open(file);
  try {
    const { buffer, bytesRead } = await opened.read(new Uint8Array(sampleBytes), 0, sampleBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await opened.close();
  }
}

function readMapping(file: string): TillMapping {
  let mapping: unknown;
  try {
    mapping = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new CommandError(`${file} is no JSON.`);
  }
  if (Value.Check(TillMapping, mapping)) return mapping;
  const [wrong] = Value.Errors(TillMapping, mapping);
  throw new CommandError(`${file} is no mapping: ${wrong?.path || "/"} ${wrong?.message ?? ""}.`);
}

/** Shows how far it is, and ends the import between two steps when the person asks to stop. */
function watcher(terminal: Terminal, bytesTotal: number) {
  let isStopped = false;
  void terminal.stopped.then(() => {
    isStopped = true;
  });
  const began = terminal.now().getTime();
  return ({ rowsRead, bytesRead, linesRecorded }: TillProgress): void => {
    const seconds = Math.max((terminal.now().getTime() - began) / 1000, 0.001);
    const percent = bytesTotal === 0 ? 100 : Math.floor((100 * bytesRead) / bytesTotal);
    const speed = Math.round((linesRecorded || rowsRead) / seconds);
    const what = linesRecorded > 0 ? `${linesRecorded} lines recorded` : `${rowsRead} rows read`;
    terminal.progress(`${percent} % read, ${what}, ${speed} a second`);
    if (!isStopped) return;
    const text = "Stopped: the same command goes on from here.";
    throw new CommandError(text, exitInterrupted);
  };
}

function linesOf(done: TillExport): string[] {
  const { ticketsCreated, ticketsUnchanged, ticketsChanged } = done;
  const { returnsCreated, returnsUnchanged, returnsMatched } = done;
  return [
    done.dryRun ? "The books stay as they are; this would happen:" : "Brought in:",
    `  rows     ${done.rowsRead} read, ${done.linesTaken} lines taken`,
    `  tickets  ${ticketsCreated} new, ${ticketsUnchanged} unchanged, ${ticketsChanged} left out`,
    `  returns  ${returnsCreated} new, of these ${returnsMatched} of a known sale, ${returnsUnchanged} unchanged`,
    `  flagged  ${done.problemCount} left out, ${done.noticeCount} to be known`,
    `  import   ${done.id}`,
  ];
}

const toldMax = 50;

async function tellFlags(ctx: Ctx, terminal: Terminal, done: TillExport): Promise<void> {
  const { data } = await listTillFlags(ctx, { id: done.id, limit: toldMax });
  for (const { row, column, code, message } of data) {
    terminal.print(`  row ${row}${column === null ? "" : `, ${column}`} [${code}] ${message}`);
  }
  const more = done.problemCount + done.noticeCount - data.length;
  if (more > 0) terminal.print(`  … and ${more} more: --report writes all of them`);
}

/** Before anything is brought in, so that no report is missing after. */
function beginReport(file: string): void {
  try {
    writeFileSync(file, csvLines([["row", "column", "severity", "code", "message"]]));
  } catch {
    throw new CommandError(`${file} cannot be written.`);
  }
}

const flagsAtOnce = 1_000;

async function writeReport(ctx: Ctx, id: string, file: string): Promise<void> {
  const cellsOf = (flag: TillFlag) => [
    flag.row,
    flag.column,
    flag.severity,
    flag.code,
    flag.message,
  ];
  let cursor: string | undefined;
  do {
    const page = await listTillFlags(ctx, { id, limit: flagsAtOnce, cursor });
    writeFileSync(file, csvLines(page.data.map(cellsOf)), { flag: "a" });
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

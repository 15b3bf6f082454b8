import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { writeArchive } from "#platform/archive/write.ts";
import { type App, SYSTEM_ACTOR } from "#platform/context.ts";
import { reachOf } from "#platform/trusted-ca.ts";
import { createWeb } from "../../web/app.ts";
import { withApp } from "../database.ts";
import { CommandError, type Terminal } from "../terminal.ts";

interface ExportOptions {
  readonly list?: string;
  readonly csv?: boolean;
}

export function addExport(program: Command, terminal: Terminal): void {
  program
    .command("export")
    .description("write the whole company into one archive, or one list as NDJSON or CSV")
    .argument("<file>", "where to; it is replaced")
    .option("--list <path>", "only this list of the HTTP API, such as sales or 'stock?siteId=…'")
    .option("--csv", "the list as CSV instead of NDJSON")
    .addHelpText("after", "\n`banneton import <archive>` restores it into an empty database.")
    .action(async (file: string, { list, csv = false }: ExportOptions) => {
      if (list === undefined && csv) throw new CommandError("--csv goes with --list.");
      await withApp(terminal, async (app) => {
        if (list === undefined) await exportCompany(terminal, app, file);
        else await exportList(app, file, list, csv ? "text/csv" : "application/x-ndjson");
      });
      terminal.say(`Wrote ${file}.`);
    });
}

async function exportCompany(terminal: Terminal, app: App, file: string): Promise<void> {
  const { say } = terminal;
  const { url, ca } = app.config.database;
  await refusing(file, writeArchive(reachOf(url.reveal(), ca), file, { now: app.now(), say }));
}

async function exportList(app: App, file: string, list: string, type: string): Promise<void> {
  const url = `http://localhost/api/v1/${list.replace(/^\//, "")}`;
  const request = new Request(url, { headers: { accept: type, host: "localhost" } });
  // Whoever is at this terminal may read the database anyway.
  const answer = await createWeb(app, { authenticate: async () => SYSTEM_ACTOR }).fetch(request);
  if (answer.headers.get("content-type")?.startsWith(type) !== true || answer.body === null) {
    const isNone = answer.status === 200 || answer.status === 404;
    throw new CommandError(isNone ? `${list} is no list of the API.` : saidOf(await answer.json()));
  }
  let tail = "";
  async function* watched(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      tail = new TextDecoder().decode(chunk.subarray(-200));
      yield chunk;
    }
  }
  const source = Readable.fromWeb(answer.body as never);
  await refusing(file, pipeline(source, watched, createWriteStream(file)));
  if (endMark.test(tail)) return;
  throw new CommandError(`${file} is not complete: its last line says why.`);
}

function saidOf({ detail, errors = [] }: Refusal): string {
  return [detail, ...errors.map(({ pointer, message }) => `${pointer}: ${message}`)].join(" ");
}

interface Refusal {
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

const endMark = /(?:"end":true,"count":\d+\}|# end: \d+ records)\s*$/;

/** What was begun and not finished is no export: it is taken away. */
async function refusing(file: string, writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    if (error.syscall !== "open") await rm(file, { force: true });
    throw new CommandError(`${file} cannot be written: ${error.message}.`);
  }
}

import { closeSync, openSync, readSync } from "node:fs";
import { ArchiveError, restoreArchive } from "#platform/archive/restore.ts";
import { answerLines, problemOf, verifyAll } from "./commands/verify.ts";
import { appOn, migratePlace, openPlace, ownerOf, type Place } from "./database.ts";
import { CommandError, type Terminal } from "./terminal.ts";

/** A company's archive is gzip; no other file that `import` takes is. */
export function isArchive(file: string): boolean {
  const head = Buffer.alloc(2);
  try {
    const descriptor = openSync(file, "r");
    try {
      return readSync(descriptor, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    throw new CommandError(`${file} cannot be read.`);
  }
}

/** Restores a whole company into an empty database, then proves its books. */
export async function restoreCompany(
  terminal: Terminal,
  file: string,
  options: object,
): Promise<void> {
  if (Object.keys(options).length > 0) {
    throw new CommandError("An archive is restored whole: it takes no options.");
  }
  const place = await openPlace(terminal);
  try {
    await migratePlace(terminal, place);
    const { madeAt, tables } = await restored(terminal, place, file);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    terminal.say(`Restored ${rows} rows of ${tables.length} tables, archived ${madeAt}.`);
    const app = await appOn(terminal, place);
    try {
      const answer = await verifyAll(app, undefined);
      const problem = problemOf(answer);
      if (problem !== undefined) throw new CommandError(`The books do not hold: ${problem}`);
      for (const line of answerLines(answer)) terminal.print(line);
    } finally {
      await app.db.close();
    }
  } finally {
    await place.leave();
  }
}

async function restored(terminal: Terminal, place: Place, file: string) {
  try {
    return await restoreArchive(ownerOf(place), file, terminal.say);
  } catch (error) {
    if (error instanceof ArchiveError) throw new CommandError(error.message);
    throw error;
  }
}

import { readFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import {
  type Import,
  importFile,
  type NewImport,
  parseBakeryData,
} from "#modules/imports/index.ts";
import type { App } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import { isTooDeep } from "#platform/text.ts";
import { isArchive, restoreCompany } from "../archive.ts";
import { withApp } from "../database.ts";
import { findSite } from "../site.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";
import { importTill, type TillOptions } from "./import-till.ts";

interface ImportOptions extends TillOptions {
  readonly json?: boolean;
}

type GivenOptions = Partial<ImportOptions>;

const fileBytesMax = 16 * 1024 * 1024;

const help = `
An archive that \`banneton export\` wrote goes whole into an empty database; it takes no options.
A .json file is the data file (bakery_data.json) of an older bakery app, at most ${fileBytesMax / 1024 / 1024} MiB.
Anything else is a till's export as CSV, of any length: its tickets become history, which moves no stock.
Stopped at any point, the same command goes on; run again after its end, it changes nothing.

  banneton import sales.csv --site "Main street" --guess > mapping.json   how it would be read
  banneton import sales.csv --site "Main street" --mapping mapping.json --dry-run
  banneton import sales.csv --site "Main street" --mapping mapping.json --report flagged.csv`;

export function addImport(program: Command, terminal: Terminal): void {
  program
    .command("import")
    .description(
      "take over a till's export (CSV), an older bakery app's data (JSON) or a company's archive",
    )
    .argument("<file>", "the file")
    .option("--site <id or name>", "the site that gets the history (and the stock)")
    .option("--mapping <file>", "how to read a CSV, as JSON; guessed by default")
    .option("--guess", "only print how a CSV would be read, as JSON")
    .option("--report <file>", "write every flagged line of a CSV to this CSV file")
    .option("--dry-run", "only report what would happen")
    .option("--json", "print the report as JSON")
    .addHelpText("after", help)
    .action(async (file: string, given: GivenOptions) => {
      if (isArchive(file)) return restoreCompany(terminal, file, given);
      const options = withSite(given);
      if (!file.toLowerCase().endsWith(".json")) {
        await importTill(terminal, file, options);
        return;
      }
      const content = readDataFile(file);
      const done = await withApp(terminal, (app) => bring(app, content, options));
      if (options.json === true) terminal.print(JSON.stringify(done, null, 2));
      else for (const line of linesOf(done)) terminal.print(line);
    });
}

function withSite(given: GivenOptions): ImportOptions {
  const { site } = given;
  if (site === undefined) throw new CommandError("--site says which site gets the history.");
  return { ...given, site };
}

async function bring(app: App, content: object, options: ImportOptions): Promise<Import> {
  const ctx = systemCtx(app);
  const { id: siteId } = await findSite(ctx, options.site);
  const dryRun = options.dryRun === true;
  const input: NewImport = { siteId, format: "bakery-data", dryRun, content };
  return (await importFile(ctx, newId(), input)).body;
}

function readDataFile(file: string): object {
  let text: string;
  try {
    if (statSync(file).size > fileBytesMax) throw new CommandError(`${file} is too large.`);
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} cannot be read as UTF-8 text.`);
  }
  const content = isTooDeep(text) ? undefined : parse(text);
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return content;
  throw new CommandError(`${file} is not a JSON object.`);
}

function parse(text: string): unknown {
  try {
    return parseBakeryData(text);
  } catch {
    return undefined;
  }
}

function linesOf({ dryRun, report }: Import): string[] {
  const { problems, problemCount, notices, noticeCount } = report;
  const kinds = ["items", "lots", "recipes", "sales"] as const;
  const lines = [dryRun ? "Nothing was written; this would happen:" : "Brought in:"];
  for (const kind of kinds) {
    const { created, matched, unchanged, skipped } = report[kind];
    const counts = `${created} new, ${matched} matched, ${unchanged} unchanged, ${skipped} left out`;
    lines.push(`  ${kind.padEnd(8)} ${counts}`);
  }
  const tell = (title: string, count: number, findings: typeof problems) => {
    if (count > 0) lines.push(`${count} ${title}:`);
    for (const { pointer, code, message } of findings) {
      lines.push(`  ${pointer} [${code}] ${message}`);
    }
    if (count > findings.length) lines.push(`  … and ${count - findings.length} more`);
  };
  tell("problem(s)", problemCount, problems);
  tell("notice(s)", noticeCount, notices);
  return lines;
}

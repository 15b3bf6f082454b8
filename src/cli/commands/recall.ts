import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { drillRecall, type Recall, recallCsv, recallPage } from "#modules/recalls/index.ts";
import { holdLot } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import { newId } from "#platform/id.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

const formats = ["text", "json", "csv", "html"] as const;

interface RecallOptions {
  readonly format: (typeof formats)[number];
  readonly out?: string;
  readonly hold?: string;
}

const lotId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function addRecall(program: Command, terminal: Terminal): void {
  program
    .command("recall")
    .description(
      "drill the recall of a lot: all that holds some of it, where it is and went, whom to call",
    )
    .argument("<lot>", "the id of the lot, as /stock/layers and receipts show it")
    .addOption(new Option("--format <format>", "what to answer").choices(formats).default("text"))
    .option("--out <file>", "write the answer to a file instead of printing it")
    .option("--hold <reason>", "first stop the lot and all that holds some of it, everywhere")
    .addHelpText(
      "after",
      "\nThe html format is a page to print. Without --hold nothing is changed.",
    )
    .action(async (lot: string, options: RecallOptions) => {
      if (!lotId.test(lot)) throw new CommandError("The lot must be the id of a lot.");
      const recall = await withApp(terminal, (app) => run(systemCtx(app), lot, options));
      const text = textOf(recall, options.format);
      if (options.out === undefined) return terminal.print(text.trimEnd());
      await writeFile(options.out, text).catch((error: unknown) => {
        throw new CommandError(`The file cannot be written: ${(error as Error).message}.`);
      });
      terminal.say(`The recall is in ${options.out}; it took ${recall.seconds} s.`);
    });
}

async function run(ctx: Ctx, lot: string, { hold }: RecallOptions): Promise<Recall> {
  if (hold !== undefined) await holdLot(ctx, { lotId: lot, key: newId(), input: { reason: hold } });
  return drillRecall(ctx, lot);
}

function textOf(recall: Recall, format: RecallOptions["format"]): string {
  if (format === "json") return `${JSON.stringify(recall, null, 2)}\n`;
  if (format === "csv") return recallCsv(recall);
  if (format === "html") return recallPage(recall);
  const places = recall.lots.flatMap(({ itemName, unit, places }) =>
    places
      .filter((place) => place.quantity !== "0")
      .map((place) => {
        const state = place.isHeld ? "held" : "NOT HELD";
        return `  ${place.quantity} ${unit} of ${itemName} at ${place.siteName}, ${state}`;
      }),
  );
  const contacts = recall.contacts.map(({ name, phone, email }) => {
    return `  ${[name, phone, email].filter((part) => part !== null).join(", ")}`;
  });
  return [
    `${recall.lots[0]?.itemName}: ${recall.lots.length} lots, ${recall.saleCount} sales, ${recall.seconds} s.`,
    `The mass balance is ${recall.isBalanced ? "exact" : "BROKEN"}.`,
    places.length === 0 ? "Nothing is on hand." : "On hand:",
    ...places,
    contacts.length === 0 ? "No supplier is known." : "To call:",
    ...contacts,
    "",
  ].join("\n");
}

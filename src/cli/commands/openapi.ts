import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { createWeb } from "../../web/app.ts";
import { CommandError, type Terminal } from "../terminal.ts";

export function addOpenapi(program: Command, terminal: Terminal): void {
  program
    .command("openapi")
    .description("print the OpenAPI document of the HTTP API; needs no database")
    .option("--out <file>", "write it to a file instead")
    .action(async ({ out }: { out?: string }) => {
      // The document comes from the routes alone: the pool of this app never connects.
      const app = terminal.buildApp({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
      const text = `${JSON.stringify(createWeb(app).document, null, 2)}\n`;
      await app.db.close();
      if (out === undefined) terminal.print(text.trimEnd());
      else writeTo(out, text);
    });
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch {
    throw new CommandError(`${file} cannot be written.`);
  }
}

import type { Command } from "commander";
import { runWeb } from "../../web/run.ts";
import type { Terminal } from "../terminal.ts";

export function addWeb(program: Command, terminal: Terminal): void {
  program
    .command("web")
    .description("run the web app alone, on a migrated database; `start` has one inside")
    .addHelpText(
      "after",
      "\nNeeds DATABASE_URL; HOST, PORT and METRICS_PORT say where it listens. SIGTERM drains it.",
    )
    .action(() => runWeb(terminal.buildApp(terminal.serviceEnv), terminal.serve, terminal.stopped));
}

import type { Command } from "commander";
import { WebEnvironment } from "#platform/config.ts";
import { CommandError, type Terminal } from "../terminal.ts";

const waitMs = 3_000;

export function addHealth(program: Command, terminal: Terminal): void {
  program
    .command("health")
    .description("ask the web app of this machine whether it is alive; ends with 0 or 1")
    .addHelpText("after", "\nAsks /healthz at HOST and PORT.")
    .action(async () => {
      const url = addressOf(terminal);
      const answer = await fetch(url, { signal: AbortSignal.timeout(waitMs) }).catch(
        () => undefined,
      );
      if (answer === undefined) throw new CommandError(`Nothing answers at ${url}.`);
      if (!answer.ok) throw new CommandError(`${url} answers ${answer.status}.`);
    });
}

function addressOf({ env }: Terminal): string {
  const port = env["PORT"] || WebEnvironment.properties.PORT.default;
  const host = env["HOST"] || "";
  const isAny = ["", "0.0.0.0", "::"].includes(host);
  return `http://${isAny ? "127.0.0.1" : host}:${port}/healthz`;
}

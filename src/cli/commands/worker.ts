import type { Command } from "commander";
import { parseSettings } from "#platform/config-worker.ts";
import { partsOf } from "../../worker/app.ts";
import { runWorker, workerHelp } from "../../worker/run.ts";
import { appOn, migratePlace, openPlace } from "../database.ts";
import { CommandError, type Terminal } from "../terminal.ts";

interface WorkerOptions {
  readonly once?: boolean;
}

export function addWorker(program: Command, terminal: Terminal): void {
  program
    .command("worker")
    .description("run a worker alone; `start` has one inside")
    .option("--once", "do what is due now, then end")
    .addHelpText("after", `\n${workerHelp}`)
    .action(async (options: WorkerOptions) => {
      const place = await openPlace(terminal);
      terminal.onForce(() => place.embedded?.interrupt());
      try {
        await migratePlace(terminal, place);
        const app = await appOn(terminal, place);
        const settings = parseSettings(terminal.env);
        const code = await runWorker(app, settings, partsOf(settings), {
          isOnce: options.once === true,
          stopped: terminal.stopped,
          serve: (fetch, where) => {
            const { port, close } = terminal.serve(fetch, where);
            terminal.say(`The worker's health and metrics: http://${where.hostname}:${port}`);
            return { port, stop: close };
          },
          notify: () => {},
          watchdogMs: undefined,
        });
        if (code !== 0) throw new CommandError(`The worker ended with ${code}.`, code);
      } finally {
        await place.leave();
      }
    });
}

import { type Command, InvalidArgumentError } from "commander";
import { validate } from "uuid";
import { testChannels } from "#modules/alerts/index.ts";
import { redeliverDead, redeliverOne } from "#modules/webhooks/index.ts";
import type { App } from "#platform/context.ts";
import { withApp } from "../database.ts";
import { CommandError, systemCtx, type Terminal } from "../terminal.ts";

export function addAlerts(program: Command, terminal: Terminal): void {
  const alerts = program.command("alerts").description("how people are told of alerts");
  alerts
    .command("test")
    .description("send a sample to the log, to Slack and by e-mail, where they are configured")
    .action(() => withApp(terminal, (app) => test(app, terminal)));
}

async function test(app: App, terminal: Terminal): Promise<void> {
  const tried = await testChannels(systemCtx(app));
  for (const { channel, isSent } of tried)
    terminal.print(`${channel}  ${isSent ? "sent" : "FAILED"}`);
  if (!tried.every(({ isSent }) => isSent)) throw new CommandError("The log says why.");
}

export function addWebhooks(program: Command, terminal: Terminal): void {
  const webhooks = program.command("webhooks").description("what webhooks are sent");
  webhooks
    .command("redeliver")
    .description("send again what could not be delivered, or one delivery by its id")
    .argument("[delivery]", "only this delivery, dead or not", knownId)
    .option("--webhook <id>", "only the dead ones of this webhook", knownId)
    .action((delivery: string | undefined, { webhook }: { webhook?: string }) =>
      withApp(terminal, async (app) => {
        const ctx = systemCtx(app);
        if (delivery !== undefined) await redeliverOne(ctx, delivery);
        const count = delivery === undefined ? await redeliverDead(ctx, webhook ?? null) : 1;
        terminal.print(`${count} delivery(s) will be tried again.`);
      }),
    );
}

function knownId(id: string): string {
  if (validate(id)) return id;
  throw new InvalidArgumentError("It is an id, as the API shows it.");
}

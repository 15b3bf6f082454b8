import * as bakery from "../bakery.ts";
import type { Kitchen } from "../kitchen.ts";
import { command, patch, post, remove, type TestCommand } from "./command.ts";

const newWebhook = { url: "https://hooks.example/in", kinds: ["alert.opened"] };

async function added({ client }: Kitchen): Promise<string> {
  return (await bakery.make(client, "/webhooks", newWebhook, {})).id;
}

/** Whom Banneton tells; not part of the books. */
export const webhookCommands: readonly TestCommand[] = [
  command("webhook tested", "testWebhook", async (kitchen) =>
    post(`/webhooks/${await added(kitchen)}/test`, {}),
  ),
  command("delivery sent again", "redeliverWebhook", async (kitchen) => {
    const id = await added(kitchen);
    const delivery = await bakery.make(kitchen.client, `/webhooks/${id}/test`, {});
    return post(`/webhooks/${id}/deliveries/${delivery.id}/redeliver`, {});
  }),
  command("webhook added", "addWebhook", () => post("/webhooks", newWebhook)),
  command("webhook changed", "changeWebhook", async (kitchen) =>
    patch(`/webhooks/${await added(kitchen)}`, { kinds: ["alert.closed"] }),
  ),
  command("webhook removed", "removeWebhook", async (kitchen) =>
    remove(`/webhooks/${await added(kitchen)}`),
  ),
  command("webhook's secret changed", "rotateWebhookSecret", async (kitchen) =>
    post(`/webhooks/${await added(kitchen)}/rotate-secret`, {}),
  ),
];

import * as bakery from "../bakery.ts";
import { command, post, type TestCommand } from "./command.ts";

const dayBefore = (days: number) =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** What closes books and opens them again, each time at a site of its own: a day is closed once. */
export const periodCommands: readonly TestCommand[] = [
  command("period close", "closePeriod", async ({ client }) => {
    const { siteId } = await bakery.openShop(client);
    return post("/periods/close", { siteId, through: dayBefore(3) });
  }),
  command("period reopening", "reopenPeriod", async ({ client }) => {
    const { siteId } = await bakery.openShop(client);
    await bakery.make(client, "/periods/close", { siteId, through: dayBefore(3) });
    return post("/periods/reopen", { siteId, through: dayBefore(9), reason: "late invoice" });
  }),
];

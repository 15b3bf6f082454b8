import * as bakery from "../bakery.ts";
import { type Kitchen, unique } from "../kitchen.ts";
import { accepted } from "./accounts.ts";
import { command, patch, post, remove, type TestCommand } from "./command.ts";

const newKey = ({ siteId }: Kitchen) => ({
  name: unique("Key"),
  scopes: ["sales.read"],
  siteIds: [siteId],
});

async function issued(kitchen: Kitchen): Promise<string> {
  return (await bakery.make(kitchen.client, "/keys", newKey(kitchen))).id;
}

async function paired({ client, tillId }: Kitchen): Promise<string> {
  const { code } = await bakery.make(client, "/till-pairings", { tillId, name: "Tablet" });
  return (await bakery.make(client, "/till-device", { code })).deviceId;
}

/** Programs and tills: what lets them in and out; not part of the books. */
export const keyAndTillCommands: readonly TestCommand[] = [
  command("key issued", "issueKey", (kitchen) => post("/keys", newKey(kitchen))),
  command("key renamed", "changeKey", async (kitchen) =>
    patch(`/keys/${await issued(kitchen)}`, { name: unique("Key") }),
  ),
  command("key revoked", "revokeKey", async (kitchen) => remove(`/keys/${await issued(kitchen)}`)),
  command("pairing opened", "openPairing", ({ tillId }) =>
    post("/till-pairings", { tillId, name: "Tablet" }),
  ),
  command("device unpaired", "unpairDevice", async (kitchen) =>
    remove(`/till-devices/${await paired(kitchen)}`),
  ),
  command("PIN removed", "removePin", async (kitchen) =>
    remove(`/accounts/${await accepted(kitchen)}/pin`),
  ),
];

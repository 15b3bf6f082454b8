import { newId } from "#platform/id.ts";
import * as bakery from "../bakery.ts";
import type { Kitchen } from "../kitchen.ts";
import { command, patch, post, remove, type TestCommand } from "./command.ts";

const invited = ({ siteId }: Kitchen) => ({
  email: `${newId()}@bakery.example`,
  memberships: [{ role: "baker", siteId }],
});

/** Somebody who has accepted an invitation to the kitchen's site. */
export async function accepted(kitchen: Kitchen): Promise<string> {
  const { id, link } = await bakery.make(kitchen.client, "/invitations", invited(kitchen));
  const body = {
    token: link.split("/").at(-1),
    name: "Ada Baker",
    password: "four loaves at dawn",
  };
  await kitchen.client.ask("POST", "/invitations/accept", { body });
  return (await bakery.read(kitchen.client, `/invitations/${id}`)).personId;
}

/** What lets people in and out; not part of the books. */
export const accountCommands: readonly TestCommand[] = [
  command("somebody invited", "invite", (kitchen) => post("/invitations", invited(kitchen))),
  command("invitation taken back", "revokeInvitation", async (kitchen) => {
    const { id } = await bakery.make(kitchen.client, "/invitations", invited(kitchen));
    return remove(`/invitations/${id}`);
  }),
  command("account changed", "changeAccount", async (kitchen) => {
    const memberships = [{ role: "cashier", siteId: kitchen.siteId }];
    return patch(`/accounts/${await accepted(kitchen)}`, { memberships });
  }),
  command("account deactivated", "deactivateAccount", async (kitchen) =>
    remove(`/accounts/${await accepted(kitchen)}`, 1),
  ),
];

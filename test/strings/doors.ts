import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { command, post, type TestCommand } from "../harness/commands/command.ts";
import type { Kitchen } from "../harness/kitchen.ts";
import { addPerson, signedInClient, testPassword } from "../harness/people.ts";
import type { TestWeb } from "../harness/web.ts";

/**
 * Requests whose texts are never told again, as they are secrets: it is enough that they are taken
 * or refused. Each text that gets through costs a slow hash, so these are tried with fewer.
 */
export function doorCommands(web: TestWeb): readonly TestCommand[] {
  const signedIn = async () => {
    const { cookie } = await signedInClient(web, await addPerson(web));
    return { cookie };
  };
  const asPerson = async (path: string, body: object) => ({
    ...post(path, body),
    headers: await signedIn(),
  });
  const invited = async ({ client, siteId }: Kitchen) => {
    const memberships = [{ role: "baker", siteId }];
    const email = `${newId()}@bakery.example`;
    const { link } = await bakery.make(client, "/invitations", { email, memberships });
    return { token: link.split("/").at(-1), name: "Ada Baker", password: testPassword };
  };
  return [
    command("sign-in", "signIn", async () => {
      const { email } = await addPerson(web);
      return post("/session", { email, password: testPassword });
    }),
    command("password changed", "changePassword", () =>
      asPerson("/session/password", {
        currentPassword: testPassword,
        newPassword: "five loaves at dusk",
      }),
    ),
    command("second factor begun", "setUpSecondFactor", () =>
      asPerson("/session/second-factor/setup", { password: testPassword }),
    ),
    command("second factor off", "turnOffSecondFactor", () =>
      asPerson("/session/second-factor/disable", { password: testPassword }),
    ),
    command("PIN set", "setPin", async () => ({
      ...(await asPerson("/pin", { pin: "5290", currentPassword: testPassword })),
      method: "PUT" as const,
    })),
    command("invitation accepted", "acceptInvitation", async (kitchen) =>
      post("/invitations/accept", await invited(kitchen)),
    ),
    command("device paired", "pairDevice", async ({ client, tillId }) =>
      post(
        "/till-device",
        await bakery
          .make(client, "/till-pairings", { tillId, name: "Tablet" })
          .then(({ code }) => ({ code })),
      ),
    ),
    command("pairing opened", "openPairing", ({ tillId }) =>
      post("/till-pairings", { tillId, name: "Tablet" }),
    ),
  ];
}

import { randomBytes } from "node:crypto";
import type { Role } from "#modules/access/index.ts";
import { addPerson } from "#modules/accounts/index.ts";
import type { Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { shops } from "./shops.ts";
import { siteId } from "./world.ts";

interface DemoPerson {
  readonly role: Role;
  readonly name: string;
  /** At one shop alone, by its place in the list; else at all of them. */
  readonly shop?: number;
}

const people: readonly DemoPerson[] = [
  { role: "owner", name: "Olga Owner" },
  { role: "manager", name: "Mara Manager" },
  { role: "baker", name: "Ben Baker", shop: 0 },
  { role: "cashier", name: "Cem Cashier", shop: 0 },
  { role: "accountant", name: "Ana Accountant" },
  { role: "auditor", name: "Ari Auditor" },
];

/**
 * An account a role, each with a password of its own. It is said as soon as it is good and never
 * again: who is there already keeps theirs.
 */
export async function admitPeople(ctx: Ctx, say: (sentence: string) => void): Promise<void> {
  let isTold = false;
  for (const { role, name, shop } of people) {
    const email = `${role}@demo.example`;
    const place = shop === undefined ? undefined : shops[shop];
    const password = randomBytes(12).toString("base64url");
    const memberships = [{ role, siteId: place === undefined ? null : siteId(place) }];
    const isNew = await addPerson(ctx, { name, email, password, memberships }).then(
      () => true,
      isThere,
    );
    const where = place === undefined ? "" : `  (${place.name} only)`;
    if (!isNew) continue;
    if (!isTold) say("Accounts of the demo and their passwords, shown this once:");
    isTold = true;
    say(`  ${email.padEnd(24)} ${password}${where}`);
  }
}

function isThere(error: unknown): false {
  if (error instanceof AppError && error.code === "accounts.email_known") return false;
  throw error;
}

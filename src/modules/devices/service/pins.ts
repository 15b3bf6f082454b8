import {
  authorise,
  forbidden,
  may,
  type Permission,
  unauthenticated,
} from "#modules/access/index.ts";
import { requirePassword } from "#modules/accounts/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import * as errors from "../errors.ts";
import type { NewPin } from "../model.ts";
import { endApprovalsOf } from "../queries/approvals.ts";
import * as queries from "../queries/pins.ts";
import { endShiftsOf } from "../queries/staff.ts";
import { isWeakPin, pepperedPin } from "../rules.ts";
import { hashPin } from "./hashing.ts";

const subject = (id: string) => ({ kind: "person", id });

/**
 * A person's own PIN, new or instead of the one before; wherever they work, they tap it again. Whoever
 * has a password shows it: a session that was left open is not enough.
 *
 * Throws `devices.pin_weak`, `accounts.password_missing`, `accounts.password_wrong` (422) and
 * `accounts.locked` (429).
 */
export async function setPin(ctx: Ctx, { pin, currentPassword }: NewPin): Promise<void> {
  const personId = signedIn(ctx);
  if (isWeakPin(pin)) throw errors.pinWeak();
  const shown = { password: currentPassword, pointer: "/currentPassword" };
  await requirePassword(ctx, personId, shown);
  const hash = await hashPin(pepperedPin(ctx.app.config.authSecret, pin));
  await ctx.app.db.withTransaction(async (tx) => {
    await queries.putPin(tx, personId, hash);
    await endShiftsOf(tx, personId);
    await recordDeed(tx, ctx, { action: "pin.set", subject: subject(personId) });
  });
}

function signedIn({ actor }: Ctx): string {
  if (actor.kind === "person") return actor.id;
  throw actor.kind === "guest" ? unauthenticated() : errors.personOnly();
}

/**
 * Takes a person's PIN away, and them from all tills. Needs `accounts.change` where they have a
 * role; throws `devices.person_not_found` (404), also for those whom the caller may not see.
 */
export async function removePin(ctx: Ctx, personId: string): Promise<void> {
  authorise(ctx, "accounts.change");
  await ctx.app.db.withTransaction(async (tx) => {
    const sites = await queries.findSitesOfPerson(tx, personId);
    if (sites === undefined) throw errors.personNotFound();
    const mayThere = (permission: Permission) =>
      [...sites, null].some((siteId) => may(ctx, permission, siteId));
    if (!mayThere("accounts.change")) {
      throw mayThere("accounts.read") ? forbidden() : errors.personNotFound();
    }
    if (!(await removePersonFromTills(tx, personId))) return;
    await recordDeed(tx, ctx, { action: "pin.removed", subject: subject(personId) });
  });
}

/**
 * Step: nobody works, approves or taps a PIN anywhere as this person any more. False if they had no
 * PIN.
 */
export async function removePersonFromTills(tx: Tx, personId: string): Promise<boolean> {
  // The PIN first: a shift that is about to start holds it until it has started.
  const hadPin = await queries.removePin(tx, personId);
  await endShiftsOf(tx, personId);
  await endApprovalsOf(tx, personId);
  return hadPin;
}

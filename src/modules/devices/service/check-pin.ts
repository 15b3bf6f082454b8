import type { Role } from "#modules/access/index.ts";
import { chargeTry, forgetTries, type TryPolicy } from "#modules/accounts/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import { findPinAt } from "../queries/staff.ts";
import { pepperedPin } from "../rules.ts";
import { hashPin, verifyPin } from "./hashing.ts";

/** By person and device: nobody is locked out elsewhere, and nobody else here. */
export const pinTries: TryPolicy = {
  free: 5,
  firstWaitSeconds: 5,
  longestWaitSeconds: 900,
  forgottenAfterSeconds: 86_400,
};

export interface CheckedPin {
  readonly hash: string;
  /** The person's at the device's site; never none. */
  readonly roles: readonly Role[];
}

/**
 * The PIN somebody taps on a paired device, judged only if the wait after wrong ones is over. Throws
 * `devices.pin_refused` (401) and `accounts.locked` (429).
 */
export async function checkPin(
  ctx: Ctx,
  of: { readonly deviceId: string; readonly personId: string; readonly pin: string },
): Promise<CheckedPin> {
  const { deviceId, personId } = of;
  const tries = `pin ${deviceId} ${personId}`;
  await chargeTry(ctx, tries, pinTries);
  const { authSecret } = ctx.app.config;
  const peppered = pepperedPin(authSecret, of.pin);
  const found = await findPinAt(ctx.app.db, deviceId, personId);
  // Who is not here takes as long as who is.
  const hash = found?.hash ?? (await nobody());
  const isRight = await verifyPin(hash, peppered);
  if (!isRight || found === undefined || found.roles.length === 0) throw errors.pinRefused();
  await forgetTries(ctx, tries);
  return found;
}

let hashOfNobody: Promise<string> | undefined;

function nobody(): Promise<string> {
  hashOfNobody ??= hashPin("nobody");
  return hashOfNobody;
}

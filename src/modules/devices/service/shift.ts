import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import * as errors from "../errors.ts";
import type { NewShift, Staff, TillShift } from "../model.ts";
import { findDevice } from "../queries/devices.ts";
import * as queries from "../queries/staff.ts";
import { checkPin } from "./check-pin.ts";
import { pairedDevice } from "./paired.ts";

const subject = (id: string) => ({ kind: "device", id });

/** Who can tap a PIN at the till that asks: a role at its site, and a PIN. */
export async function listStaff(ctx: Ctx): Promise<Staff> {
  const device = await findDevice(ctx.app.db, pairedDevice(ctx));
  if (device === undefined) throw errors.unpaired();
  return queries.listStaff(ctx.app.db, device.siteId);
}

/**
 * Somebody taps their PIN and works at this till from now on, for at most 12 hours, or until nothing
 * happens for 30 minutes. Throws `devices.pin_refused` (401) and `accounts.locked` (429).
 */
export async function startShift(ctx: Ctx, { personId, pin }: NewShift): Promise<TillShift> {
  const deviceId = pairedDevice(ctx);
  const { hash } = await checkPin(ctx, { deviceId, personId, pin });
  return ctx.app.db.withTransaction(async (tx) => {
    if (!(await queries.pinPin(tx, personId, hash))) throw errors.pinRefused();
    const shift = await queries.startShift(tx, deviceId, personId);
    if (shift === undefined) throw errors.unpaired();
    const { siteId } = shift;
    const deed = { action: "shift.started", subject: subject(deviceId), siteId };
    await recordDeed(tx, ctx, { ...deed, after: { personId } });
    return shift;
  });
}

export async function getShift(ctx: Ctx): Promise<TillShift> {
  const shift = await queries.findShiftOf(ctx.app.db, pairedDevice(ctx));
  if (shift === undefined) throw errors.unpaired();
  return shift;
}

/** Locks the till. Twice is once. */
export async function endShift(ctx: Ctx): Promise<void> {
  const deviceId = pairedDevice(ctx);
  await ctx.app.db.withTransaction(async (tx) => {
    const siteId = await queries.endShift(tx, deviceId);
    if (siteId === undefined) return;
    await recordDeed(tx, ctx, { action: "shift.ended", subject: subject(deviceId), siteId });
  });
}

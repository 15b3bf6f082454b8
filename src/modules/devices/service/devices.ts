import { authorise, authoriseAt, permittedSites } from "#modules/access/index.ts";
import { chargeTry, forgetTries, type TryPolicy } from "#modules/accounts/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import { tillUnknown } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { NewPairing, PairedDevice, Pairing, TillDevice, TillDevicePage } from "../model.ts";
import * as queries from "../queries/devices.ts";
import { hashOfCode, hashOfKey, newCode, newKey } from "../rules.ts";

const subject = (id: string) => ({ kind: "device", id });

/**
 * A code that pairs one device with a till, once, within 10 minutes; the till's code before it ends.
 * Throws `sites.till_unknown` (422), also for a till that the caller may not see.
 */
export async function openPairing(ctx: Ctx, input: NewPairing): Promise<Pairing> {
  authorise(ctx, "tills.change");
  const { tillId, name } = input;
  const siteId = await queries.findSiteOfTill(ctx.app.db, tillId);
  if (siteId === undefined) throw tillUnknown();
  authoriseAt(ctx, "tills.change", siteId, { read: "sites.read", missing: tillUnknown });
  const code = newCode();
  const codeHash = hashOfCode(ctx.app.config.authSecret, code);
  const row = { id: newId(), tillId, siteId, name, codeHash, createdBy: ctx.actor.id };
  return ctx.app.db.withTransaction(async (tx) => {
    const pairing = await queries.replacePairing(tx, row);
    invariant(pairing, "an insert returns its row");
    const till = { kind: "till", id: tillId };
    const after = { pairingId: row.id };
    await recordDeed(tx, ctx, { action: "till.pairing_opened", subject: till, siteId, after });
    return { ...pairing, code };
  });
}

/** Of pairing codes from one address. */
export const codeTriesFromAddress: TryPolicy = {
  free: 5,
  firstWaitSeconds: 5,
  longestWaitSeconds: 900,
  forgottenAfterSeconds: 3_600,
};
/** Many addresses together: a code lives for ten minutes and is one of 30⁸. */
export const codeTries: TryPolicy = {
  free: 200,
  firstWaitSeconds: 1,
  longestWaitSeconds: 30,
  forgottenAfterSeconds: 600,
};

/**
 * Pairs the device that shows a code; needs no other credentials. Throws `devices.code_refused`
 * (401) and, after some wrong codes from one address or all together, `accounts.locked` (429).
 */
export async function pairDevice(ctx: Ctx, code: string): Promise<PairedDevice> {
  const address = `pairing ${ctx.address ?? "unknown"}`;
  await chargeTry(ctx, address, codeTriesFromAddress);
  await chargeTry(ctx, "pairing", codeTries);
  const codeHash = hashOfCode(ctx.app.config.authSecret, code);
  const key = newKey();
  const deviceId = newId();
  const paired = await ctx.app.db.withTransaction(async (tx) => {
    const pairing = await queries.lockPairing(tx, codeHash);
    if (pairing === undefined) throw errors.codeRefused();
    await queries.pairDevice(tx, deviceId, hashOfKey(key), pairing);
    const { id: pairingId, tillId, siteId } = pairing;
    const after = { tillId, pairingId };
    await recordDeed(tx, ctx, {
      action: "device.paired",
      subject: subject(deviceId),
      siteId,
      after,
    });
    return { deviceId, tillId, siteId };
  });
  await forgetTries(ctx, address);
  return { ...paired, key };
}

/** Throws `devices.not_found` (404), also for one at a site that the caller may not see. */
export async function getDevice(ctx: Ctx, id: string): Promise<TillDevice> {
  authorise(ctx, "sites.read");
  const device = await queries.findDevice(ctx.app.db, id);
  if (device === undefined) throw errors.deviceNotFound();
  const missing = errors.deviceNotFound;
  authoriseAt(ctx, "sites.read", device.siteId, { read: "sites.read", missing });
  return device;
}

/** Devices at the caller's sites, unpaired ones too, by id. */
export async function listDevices(ctx: Ctx, query: queries.DeviceFilter): Promise<TillDevicePage> {
  const sites = permittedSites(ctx, "sites.read");
  return queries.listDevices(ctx.app.db, query, sites);
}

/** From now on the device opens nothing, and nobody works on it. Twice is once. */
export async function unpairDevice(ctx: Ctx, id: string): Promise<void> {
  authorise(ctx, "tills.change");
  await ctx.app.db.withTransaction(async (tx) => {
    const device = await queries.findDevice(tx, id);
    if (device === undefined) throw errors.deviceNotFound();
    const { siteId, tillId } = device;
    const missing = errors.deviceNotFound;
    authoriseAt(ctx, "tills.change", siteId, { read: "sites.read", missing });
    if (!(await queries.revokeDevice(tx, id))) return;
    const deed = { action: "device.unpaired", subject: subject(id), siteId, before: { tillId } };
    await recordDeed(tx, ctx, deed);
  });
}

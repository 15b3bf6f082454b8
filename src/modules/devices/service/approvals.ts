import { forbidden, roles } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { Approval, NewApproval } from "../model.ts";
import * as queries from "../queries/approvals.ts";
import { pinPin } from "../queries/staff.ts";
import { checkPin } from "./check-pin.ts";
import { pairedDevice } from "./paired.ts";

/**
 * Somebody who may do it allows one thing for one sale at this till, once, within 2 minutes. Throws
 * `devices.pin_refused` (401), `accounts.locked` (429) and `access.forbidden` (403) if they may not
 * do it themselves at this site.
 */
export async function approve(ctx: Ctx, input: NewApproval): Promise<Approval> {
  const deviceId = pairedDevice(ctx);
  const { approverId, pin, permission, subjectId } = input;
  const { hash, roles: held } = await checkPin(ctx, { deviceId, personId: approverId, pin });
  if (!held.some((role) => roles[role].includes(permission))) throw forbidden();
  const row = { id: newId(), deviceId, approverId, permission, subjectId };
  return ctx.app.db.withTransaction(async (tx) => {
    if (!(await pinPin(tx, approverId, hash))) throw errors.pinRefused();
    const approval = await queries.insertApproval(tx, row);
    invariant(approval, "an insert returns its row");
    const after = { approverId, permission, subjectId };
    const subject = { kind: "approval", id: row.id };
    await recordDeed(tx, ctx, { action: "approval.given", subject, after });
    return approval;
  });
}

export interface ApprovedDeed {
  readonly approvalId: string;
  readonly permission: NewApproval["permission"];
  readonly subjectId: string;
}

/** Who allowed it, and the only site it holds for. */
export interface SpentApproval {
  readonly approverId: string;
  readonly siteId: string;
}

/**
 * Step: uses up an approval in the transaction that does what it allows; first of all locks. Only for
 * somebody who works at the till where it was given. Throws `access.forbidden` (403) for any that is
 * used, over, or for something else.
 */
export async function spendApproval(
  tx: Tx,
  { actor }: Ctx,
  deed: ApprovedDeed,
): Promise<SpentApproval> {
  const { approvalId, permission, subjectId } = deed;
  const deviceId = actor.credentialId;
  if (actor.kind !== "till" || deviceId === undefined || actor.id === deviceId) throw forbidden();
  const wanted = { id: approvalId, deviceId, permission, subjectId };
  const spent = await queries.spendApproval(tx, wanted);
  if (spent === undefined) throw forbidden();
  return spent;
}

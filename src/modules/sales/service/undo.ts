import { authorise, authoriseAt, may } from "#modules/access/index.ts";
import { type ApprovedDeed, spendApproval } from "#modules/devices/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import * as errors from "../errors.ts";
import { lockSale } from "../queries/refundable.ts";

/** What undoes a sale or part of it: who may not do it themselves brings an approval. */
export interface Undoing {
  readonly saleId: string;
  readonly permission: ApprovedDeed["permission"];
  readonly approvalId: string | undefined;
}

/** A sale that may be undone, locked; and who allowed it, if the actor may not by themselves. */
export interface Undoable {
  readonly siteId: string;
  readonly approverId: string | undefined;
}

/** Before anything is read: 401 and 403 do not depend on whether the sale exists. */
export function authoriseUndo(ctx: Ctx, { permission, approvalId }: Undoing): void {
  if (approvalId === undefined || ctx.actor.kind !== "till") authorise(ctx, permission);
}

/**
 * Locks a sale that the actor may undo at its site, or uses up the approval with which they may. A
 * sale of another site looks missing; an approval is judged before the sale is looked at.
 */
export async function lockUndoable(tx: Tx, ctx: Ctx, undoing: Undoing): Promise<Undoable> {
  const { saleId, permission, approvalId } = undoing;
  const spent =
    approvalId === undefined || may(ctx, permission)
      ? undefined
      : await spendApproval(tx, ctx, { approvalId, permission, subjectId: saleId });
  const siteId = await lockSale(tx, saleId);
  if (siteId === undefined) throw errors.saleNotFound();
  if (spent === undefined) {
    const missing = errors.saleNotFound;
    authoriseAt(ctx, permission, siteId, { read: "sales.read", missing });
    return { siteId, approverId: undefined };
  }
  if (spent.siteId !== siteId) throw errors.saleNotFound();
  return { siteId, approverId: spent.approverId };
}

/** What a replay asks for at the sale's site, as its approval is spent: to see what was done. */
export function replaying({ permission, approvalId }: Undoing) {
  const asked = approvalId === undefined ? permission : "sales.read";
  return { permission: asked, read: "sales.read", missing: errors.saleNotFound } as const;
}

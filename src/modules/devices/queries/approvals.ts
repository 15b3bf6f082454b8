import { statement, type Tx } from "#platform/db.ts";
import type { Approval } from "../model.ts";

export interface ApprovalRow {
  readonly id: string;
  readonly deviceId: string;
  readonly approverId: string;
  readonly permission: string;
  readonly subjectId: string;
}

const insert = statement(
  "approval_insert",
  `insert into devices.approvals (id, device_id, approver_id, permission, subject_id, expires_at)
   values ($1, $2, $3, $4, $5, now() + interval '2 minutes')
   returning id, expires_at as "expiresAt"`,
);

export async function insertApproval(tx: Tx, row: ApprovalRow): Promise<Approval | undefined> {
  const { id, deviceId, approverId, permission, subjectId } = row;
  const [approval] = await tx.run<Approval>(insert, [
    id,
    deviceId,
    approverId,
    permission,
    subjectId,
  ]);
  return approval;
}

export interface SpentApproval {
  readonly approverId: string;
  readonly siteId: string;
}

// Of two that spend it at once the second waits for the row and then finds that it is used.
const spend = statement(
  "approval_spend",
  `update devices.approvals a set used_at = now()
   from devices.devices d
   where a.id = $1 and a.device_id = $2 and a.permission = $3 and a.subject_id = $4
     and a.used_at is null and a.expires_at > now()
     and d.id = a.device_id and d.revoked_at is null
   returning a.approver_id as "approverId", d.site_id as "siteId"`,
);

export async function spendApproval(
  tx: Tx,
  of: Omit<ApprovalRow, "approverId">,
): Promise<SpentApproval | undefined> {
  const { id, deviceId, permission, subjectId } = of;
  const [spent] = await tx.run<SpentApproval>(spend, [id, deviceId, permission, subjectId]);
  return spent;
}

const end = statement(
  "approval_end_of",
  `update devices.approvals set expires_at = now()
   where approver_id = $1 and used_at is null and expires_at > now()`,
);

/** What somebody has approved and nobody has used. */
export async function endApprovalsOf(tx: Tx, personId: string): Promise<void> {
  await tx.run(end, [personId]);
}

import { statement, type Tx } from "#platform/db.ts";

export interface EntryRow {
  readonly id: string;
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly siteId: string | null;
  readonly actorKind: string;
  readonly actorId: string;
  readonly credentialId: string | null;
  readonly network: string | null;
  readonly traceId: string;
  readonly before: unknown;
  readonly after: unknown;
}

const insert = statement(
  "audit_insert",
  `insert into audit.entries (id, action, subject_kind, subject_id, site_id, actor_kind, actor_id,
     credential_id, network, trace_id, before, after)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);

export async function insertEntry(tx: Tx, row: EntryRow): Promise<void> {
  const { before, after } = row;
  await tx.run(insert, [
    row.id,
    row.action,
    row.subjectKind,
    row.subjectId,
    row.siteId,
    row.actorKind,
    row.actorId,
    row.credentialId,
    row.network,
    row.traceId,
    before === undefined ? null : JSON.stringify(before),
    after === undefined ? null : JSON.stringify(after),
  ]);
}

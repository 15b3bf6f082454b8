import { type Db, lookup, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, numberKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { AuditEntry, AuditPage } from "../model.ts";
import type { SealedEntry } from "../rules/chain.ts";

type EntryRow = Omit<AuditEntry, "seq" | "recordedAt">;

// The lock stands in FROM, so its row, which the writer has only once it holds the lock, comes before
// the list of values, which draws the seq from it. The sealer relies on that order; a test holds the
// lock and sees that nothing is drawn.
const insert = statement(
  "audit_insert",
  `insert into audit.entries (id, seq, action, subject_kind, subject_id, site_id, actor_kind,
     actor_id, credential_id, network, trace_id, before, after)
   select $1::uuid, nextval('audit.entry_order'), $2::text, $3::text, $4::text, $5::uuid, $6::text,
     $7::text, $8::uuid, $9::text, $10::text, $11::json, $12::json
   from pg_advisory_xact_lock_shared(1635083369, 1)`,
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

// The seq leaves as text, so lists say `e.seq` to be ordered by the number.
const plain = `seq::text, id, action, subject_kind as "subjectKind", subject_id as "subjectId",
  site_id as "siteId", actor_kind as "actorKind", actor_id as "actorId",
  credential_id as "credentialId", network, trace_id as "traceId", recorded_at as "recordedAt"`;

const findOne = lookup(
  "audit_entry",
  `select ${plain}, before, after from audit.entries where id = $1`,
);

export async function findEntry(db: Db, id: string): Promise<AuditEntry | undefined> {
  const [row] = await db.run<AuditEntry>(findOne, [id]);
  return row;
}

export interface EntryFilter extends PageQuery {
  readonly subjectKind?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  readonly siteId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const instantKey = /^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z$/;

/**
 * Newest first by seq; between two moments by time and seq, which is the same order but for entries
 * of the same moment: so that any window is read from its own end, however long ago it was.
 */
export async function listEntries(db: Db, query: EntryFilter): Promise<AuditPage> {
  const isWindow = query.from !== undefined || query.to !== undefined;
  const where = new Where()
    .add("subject_id = ?", query.subjectId)
    .add("subject_kind = ?", query.subjectKind)
    .add("actor_id = ?", query.actorId)
    .add("action = ?", query.action)
    .add("site_id = ?", query.siteId)
    .add("recorded_at >= ?::timestamptz", query.from)
    .add("recorded_at < ?::timestamptz", query.to);
  if (isWindow) {
    const [at, before] = cursorKeys(query, instantKey, numberKey) ?? [];
    where.add("(recorded_at, seq) < (?::timestamptz, ?::bigint)", at, before);
  } else {
    const [before] = cursorKeys(query, numberKey) ?? [];
    where.add("seq < ?::bigint", before);
  }
  const order = isWindow ? "e.recorded_at desc, e.seq desc" : "e.seq desc";
  const text = `select ${plain}, before, after from audit.entries e ${where.text}
    order by ${order} limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<AuditEntry>(db, "audit_entries", text, where);
  return pageOf(
    rows,
    query,
    (row) => (isWindow ? [row.recordedAt, row.seq] : [row.seq]),
    (row) => row,
  );
}

export interface SeqRange {
  readonly after: string;
  readonly through: string;
  readonly limit: number;
}

const range = statement(
  "audit_range",
  `select ${plain}, before::text, after::text from audit.entries e
   where seq > $1 and seq <= $2 order by e.seq limit $3`,
);

/** The first entries of a range, in order of seq, as they are sealed. */
export function listRange(db: Db, { after, through, limit }: SeqRange): Promise<SealedEntry[]> {
  return db.run<SealedEntry>(range, [after, through, limit]);
}

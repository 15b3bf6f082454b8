import { type Db, lookup, statement, type Tx } from "#platform/db.ts";

export interface CopyRow {
  readonly entryId: string;
  readonly object: string;
  readonly bytes: number;
  readonly sha256: string;
}

const insert = statement(
  "audit_copy_insert",
  `insert into audit.copies (entry_id, object, bytes, sha256) values ($1, $2, $3, $4)
   on conflict (entry_id) do nothing`,
);

/** Once, however often it is said. */
export async function insertCopy(tx: Tx, row: CopyRow): Promise<void> {
  await tx.run(insert, [row.entryId, row.object, row.bytes, row.sha256]);
}

const has = lookup("audit_copy_has", "select 1 from audit.copies where entry_id = $1");

export async function hasCopy(db: Db, entryId: string): Promise<boolean> {
  return (await db.run(has, [entryId])).length > 0;
}

const missing = statement(
  "audit_copies_missing",
  `select e.id, e.seq::text from audit.entries e
   where e.seq > $1::bigint and not exists (select from audit.copies c where c.entry_id = e.id)
   order by e.seq limit $2`,
);

/** Entries without a copy, oldest first, after a seq. */
export function listMissing(db: Db, after: string, limit: number) {
  return db.run<{ readonly id: string; readonly seq: string }>(missing, [after, limit]);
}

const counted = statement(
  "audit_copies_count",
  `select (select count(*) from audit.copies)::int as copies,
     (select count(*) from audit.entries e
      where not exists (select from audit.copies c where c.entry_id = e.id))::int as missing`,
);

export interface CopyCounts {
  readonly copies: number;
  /** Entries that have none. */
  readonly missing: number;
}

export async function countCopies(db: Db): Promise<CopyCounts> {
  const [row] = await db.run<CopyCounts>(counted);
  return row ?? { copies: 0, missing: 0 };
}

const page = statement(
  "audit_copies_page",
  `select c.entry_id as "entryId", c.object, c.bytes, c.sha256 from audit.copies c
   where c.entry_id > $1::uuid order by c.entry_id limit $2`,
);

export function listCopies(db: Db, after: string, limit: number): Promise<CopyRow[]> {
  return db.run<CopyRow>(page, [after, limit]);
}

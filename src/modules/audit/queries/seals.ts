import { type Db, statement, type Tx } from "#platform/db.ts";
import { cursorKeys, numberKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { AuditSeal, SealPage } from "../model.ts";

export type SealRow = Omit<AuditSeal, "sealedAt">;

const columns = `number, from_seq::text as "fromSeq", to_seq::text as "toSeq", count, hash, previous`;

const lastSeq = statement(
  "audit_last_seq",
  "select coalesce(max(seq), 0)::text as seq from audit.entries",
);

/** The highest seq that is visible; "0" if there is no entry. */
export async function findLastSeq(db: Db): Promise<string> {
  const [row] = await db.run<{ seq: string }>(lastSeq);
  return row?.seq ?? "0";
}

// The lock that each writer takes before it draws a seq.
const writers = statement(
  "audit_writers",
  `select virtualtransaction as id from pg_locks
   where locktype = 'advisory' and classid = 1635083369 and objid = 1 and objsubid = 2
     and database = (select oid from pg_database where datname = current_database())`,
);

/** The transactions that have written an entry and have not ended. */
export async function listWriters(db: Db): Promise<string[]> {
  return (await db.run<{ id: string }>(writers)).map(({ id }) => id);
}

const take = statement(
  "audit_take_seals",
  `select pg_try_advisory_xact_lock(1635083369, 2) as "isMine"`,
);

/** True if nobody else is sealing; until this transaction ends nobody else is. */
export async function tryToSeal(tx: Tx): Promise<boolean> {
  const [row] = await tx.run<{ isMine: boolean }>(take);
  return row?.isMine === true;
}

const last = statement(
  "audit_last_seal",
  `select ${columns} from audit.seals order by number desc limit 1`,
);

export async function findLastSeal(tx: Tx): Promise<SealRow | undefined> {
  const [row] = await tx.run<SealRow>(last);
  return row;
}

const insert = statement(
  "audit_seal",
  `insert into audit.seals (number, from_seq, to_seq, count, hash, previous)
   values ($1, $2, $3, $4, $5, $6)`,
);

export async function insertSeal(tx: Tx, row: SealRow): Promise<void> {
  const { number, fromSeq, toSeq, count, hash, previous } = row;
  await tx.run(insert, [number, fromSeq, toSeq, count, hash, previous]);
}

const after = statement(
  "audit_seals_after",
  `select ${columns} from audit.seals where number > $1 order by number limit $2`,
);

export function listSealsAfter(db: Db, number: number, limit: number): Promise<SealRow[]> {
  return db.run<SealRow>(after, [number, limit]);
}

const before = statement(
  "audit_seals",
  `select ${columns}, sealed_at as "sealedAt" from audit.seals
   where $1::bigint is null or number < $1 order by number desc limit $2`,
);

export async function listSeals(db: Db, query: PageQuery): Promise<SealPage> {
  const [number = null] = cursorKeys(query, numberKey) ?? [];
  const rows = await db.run<AuditSeal>(before, [number, query.limit + 1]);
  return pageOf(
    rows,
    query,
    (row) => [String(row.number)],
    (row) => row,
  );
}

const stray = statement(
  "audit_stray",
  "select id from audit.entries where seq < 1 order by seq limit 1",
);

/** The first entry that no range can hold. */
export async function findStray(db: Db): Promise<string | undefined> {
  const [row] = await db.run<{ id: string }>(stray);
  return row?.id;
}

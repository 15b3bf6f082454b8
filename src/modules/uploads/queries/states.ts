import { type Db, statement, type Tx } from "#platform/db.ts";
import { objectNameOf } from "../rules/objects.ts";
import type { Refusal } from "../rules/refusals.ts";

const receive = statement(
  "upload_receive",
  `update uploads.uploads set state = 'received', received_at = clock_timestamp()
   where id = $1 and state = 'waiting' returning id`,
);

/** False if it was not waiting: its content came before, or it is over. */
export async function markReceived(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(receive, [id])).length > 0;
}

export interface Found {
  readonly foundType: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
}

export interface Accepted extends Found {
  readonly width: number | null;
  readonly height: number | null;
  readonly thumbnailName: string | null;
}

// Of whoever comes second the state is no longer one of these: so each upload is decided once.
const accept = statement(
  "upload_accept",
  `update uploads.uploads u set state = 'accepted', found_type = $2, bytes = $3, sha256 = $4,
     width = $5, height = $6, thumbnail_name = $7, decided_at = clock_timestamp(),
     received_at = coalesce(received_at, clock_timestamp()),
     import_state = case when purpose = 'import' then 'waiting' end,
     duplicate_of = (select o.id from uploads.uploads o
       where o.sha256 = $4 and o.state = 'accepted' and o.purpose = u.purpose
         and o.site_id is not distinct from u.site_id and o.id <> u.id
       order by o.decided_at, o.id limit 1)
   where id = $1 and state in ('waiting', 'received') returning id`,
);

/** False if it was decided before, or deleted. */
export async function markAccepted(tx: Tx, id: string, accepted: Accepted): Promise<boolean> {
  const { foundType, bytes, sha256, width, height, thumbnailName } = accepted;
  const values = [id, foundType, bytes, sha256, width, height, thumbnailName];
  return (await tx.run(accept, values)).length > 0;
}

const refuse = statement(
  "upload_refuse",
  `update uploads.uploads set state = 'refused', refusal = $2, found_type = $3,
     bytes = coalesce($4, bytes), sha256 = $5, decided_at = clock_timestamp()
   where id = $1 and state in ('waiting', 'received') returning id`,
);

/** False if it was decided before, or deleted. */
export async function markRefused(
  tx: Tx,
  id: string,
  refusal: Refusal,
  found: Found | undefined,
): Promise<boolean> {
  const { foundType = null, bytes = null, sha256 = null } = found ?? {};
  return (await tx.run(refuse, [id, refusal, foundType, bytes, sha256])).length > 0;
}

const fail = statement(
  "upload_fail",
  `update uploads.uploads set failures = failures + 1
   where id = $1 and state in ('waiting', 'received') returning failures`,
);

/** How often looking at it has failed by now; undefined if it is decided. */
export async function countFailure(tx: Tx, id: string): Promise<number | undefined> {
  return (await tx.run<{ failures: number }>(fail, [id]))[0]?.failures;
}

const remove = statement(
  "upload_remove",
  `update uploads.uploads set state = 'deleted', deleted_at = clock_timestamp()
   where id = $1 and state <> 'deleted' returning id`,
);

/** False if it is deleted. */
export async function markDeleted(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(remove, [id])).length > 0;
}

const listStale = statement(
  "upload_stale",
  `select id, state from uploads.uploads
   where state in ('waiting', 'received') and created_at < $1::timestamptz order by id limit 500`,
);

/** Uploads that were announced before then and have not ended. */
export function listUnfinished(
  db: Db,
  before: string,
): Promise<{ readonly id: string; readonly state: string }[]> {
  return db.run(listStale, [before]);
}

const listKept = statement(
  "upload_kept",
  `select object_name as "objectName", thumbnail_name as "thumbnailName" from uploads.uploads
   where object_name = any($1) and state in ('waiting', 'received', 'accepted')`,
);

/** Which of these objects an upload still needs: files, or the small pictures made of them. */
export async function keptObjects(db: Db, names: readonly string[]): Promise<ReadonlySet<string>> {
  const files = names.map(objectNameOf);
  const kept = await db.run<{ objectName: string; thumbnailName: string | null }>(listKept, [
    files,
  ]);
  return new Set(
    kept.flatMap(({ objectName, thumbnailName }) => [objectName, thumbnailName ?? ""]),
  );
}

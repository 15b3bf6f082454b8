import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageOf } from "#platform/page.ts";
import type { KeptOptions, Upload, UploadPage } from "../model/upload.ts";

const shown = `u.id, u.purpose, u.state, u.file_name as "fileName",
  coalesce(u.found_type, u.said_type) as "contentType",
  coalesce(u.bytes, u.said_bytes)::float8 as "bytes", u.item_id as "itemId",
  u.receipt_id as "receiptId", u.site_id as "siteId", u.sha256, u.width, u.height,
  u.thumbnail_name is not null as "hasThumbnail", u.duplicate_of as "duplicateOf", u.refusal,
  case when u.import_state is not null then u.import_id end as "importId",
  u.import_state as "importState", u.import_problem as "importProblem",
  u.import_message as "importMessage",
  u.created_by as "createdBy", u.created_at as "createdAt", u.received_at as "receivedAt",
  u.decided_at as "decidedAt"`;

// What only the services need, beside what is shown.
const hidden = `u.object_name as "objectName", u.thumbnail_name as "thumbnailName",
  u.said_type as "saidType", u.said_bytes::float8 as "saidBytes",
  u.import_options as "importOptions", u.creator_kind as "creatorKind", u.failures`;

type ShownRow = Omit<Upload, "bytes"> & { readonly bytes: string };

/** An upload with what its services need to know and nobody is shown. */
export interface UploadRow {
  readonly upload: Upload;
  readonly objectName: string;
  readonly thumbnailName: string | null;
  readonly saidType: string;
  readonly saidBytes: number;
  readonly importOptions: KeptOptions | null;
  readonly creatorKind: "person" | "key" | "till" | "system" | "guest";
  readonly failures: number;
}

type HiddenRow = Omit<UploadRow, "upload" | "saidBytes"> & { readonly saidBytes: string };

function toUpload({ bytes, ...row }: ShownRow): Upload {
  return { ...row, bytes: Number(bytes) };
}

function toRow(row: (ShownRow & HiddenRow) | undefined): UploadRow | undefined {
  if (row === undefined) return undefined;
  const { objectName, thumbnailName, saidType, saidBytes, importOptions, creatorKind, ...rest } =
    row;
  const { failures, ...upload } = rest;
  const own = { objectName, thumbnailName, saidType, importOptions, creatorKind, failures };
  return { upload: toUpload(upload), ...own, saidBytes: Number(saidBytes) };
}

// Of one person's announcements one counts at a time: together they would exceed what each may.
const waitForTurn = statement(
  "upload_turn",
  "select pg_advisory_xact_lock(hashtextextended('uploads ' || $1, 0))",
);
const countUnfinished = statement(
  "upload_unfinished",
  `select count(*)::integer as count from uploads.uploads
   where created_by = $1 and state in ('waiting', 'received')`,
);

/** How many of somebody's uploads are under way, until this transaction ends. */
export async function lockUnfinished(tx: Tx, createdBy: string): Promise<number> {
  await tx.run(waitForTurn, [createdBy]);
  const [row] = await tx.run<{ count: number }>(countUnfinished, [createdBy]);
  return row?.count ?? 0;
}

export interface NewUploadRow {
  readonly id: string;
  readonly purpose: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly itemId: string | null;
  readonly receiptId: string | null;
  readonly siteId: string | null;
  readonly importOptions: KeptOptions | undefined;
  readonly importId: string | null;
  readonly objectName: string;
  readonly createdBy: string;
  readonly creatorKind: string;
}

const insert = statement(
  "upload_insert",
  `insert into uploads.uploads as u (id, purpose, file_name, said_type, said_bytes, item_id,
     receipt_id, site_id, import_options, import_id, object_name, created_by, creator_kind)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning ${shown}`,
);

export async function insertUpload(tx: Tx, row: NewUploadRow): Promise<Upload> {
  const { id, purpose, fileName, contentType, bytes, itemId, receiptId, siteId } = row;
  const options = row.importOptions === undefined ? null : JSON.stringify(row.importOptions);
  const [made] = await tx.run<ShownRow>(insert, [
    ...[id, purpose, fileName, contentType, bytes, itemId, receiptId, siteId, options],
    ...[row.importId, row.objectName, row.createdBy, row.creatorKind],
  ]);
  if (made === undefined) throw new Error("an insert returns its row");
  return toUpload(made);
}

const find = statement(
  "upload_find",
  `select ${shown}, ${hidden} from uploads.uploads u where u.id = $1`,
);
const findByObject = statement(
  "upload_find_object",
  `select ${shown}, ${hidden} from uploads.uploads u where u.object_name = $1`,
);

export async function findUpload(db: Db, id: string): Promise<UploadRow | undefined> {
  return toRow((await db.run<ShownRow & HiddenRow>(find, [id]))[0]);
}

export async function findUploadOf(db: Db, objectName: string): Promise<UploadRow | undefined> {
  return toRow((await db.run<ShownRow & HiddenRow>(findByObject, [objectName]))[0]);
}

/** Where somebody may read uploads of a kind: at these sites, or with undefined at all. */
export type Places = readonly string[] | undefined;

/** What of the list somebody sees: their own, and by purpose. */
export interface Sight {
  readonly createdBy: string;
  readonly seesPictures: boolean;
  readonly invoicesAt: Places;
  readonly importsAt: Places;
}

export interface UploadFilter extends PageQuery {
  readonly purpose?: string | undefined;
  readonly itemId?: string | undefined;
  readonly receiptId?: string | undefined;
  readonly state?: string | undefined;
}

/** Newest first. Deleted ones only where they are asked for. */
export async function listUploads(
  db: Db,
  query: UploadFilter,
  { createdBy, seesPictures, invoicesAt, importsAt }: Sight,
): Promise<UploadPage> {
  const where = new Where()
    .add("u.purpose = ?", query.purpose)
    .add("u.item_id = ?", query.itemId)
    .add("u.receipt_id = ?", query.receiptId)
    .add("u.state = ?", query.state)
    .add("u.id < ?", cursorKeys(query, idKey)?.[0]);
  if (query.state === undefined) where.add("u.state <> ?", "deleted");
  where.add(
    `(u.created_by = ? or (u.purpose = 'product_picture' and ?::boolean)
      or (u.purpose = 'supplier_invoice' and (?::boolean or u.site_id = any(?::uuid[])))
      or (u.purpose = 'import' and (?::boolean or u.site_id = any(?::uuid[]))))`,
    ...[createdBy, seesPictures, invoicesAt === undefined, invoicesAt ?? []],
    ...[importsAt === undefined, importsAt ?? []],
  );
  const text = `select ${shown} from uploads.uploads u ${where.text}
    order by u.id desc limit $${where.values.push(query.limit + 1)}`;
  const rows = await runList<ShownRow>(db, "upload_list", text, where);
  return pageOf(rows, query, (row) => [row.id], toUpload);
}

const itemExists = statement("upload_item", "select from catalog.items where id = $1");
const siteOfReceipt = statement(
  "upload_receipt",
  `select site_id as "siteId" from stock.receipts where id = $1`,
);

export async function hasItem(db: Db, id: string): Promise<boolean> {
  return (await db.run(itemExists, [id])).length > 0;
}

export async function findSiteOfReceipt(db: Db, id: string): Promise<string | undefined> {
  return (await db.run<{ siteId: string }>(siteOfReceipt, [id]))[0]?.siteId;
}

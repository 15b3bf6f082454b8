import { type Db, statement, type Tx } from "#platform/db.ts";
import { runList, Where } from "#platform/db-list.ts";
import { cursorKeys, idKey, type PageQuery, pageById } from "#platform/page.ts";
import type { Pairing, TillDevice, TillDevicePage } from "../model.ts";

const siteOf = statement(
  "device_site_of_till",
  `select site_id as "siteId" from sites.tills where id = $1 and archived_at is null`,
);

/** Where a till in use stands. */
export async function findSiteOfTill(db: Db, tillId: string): Promise<string | undefined> {
  const [row] = await db.run<{ siteId: string }>(siteOf, [tillId]);
  return row?.siteId;
}

export interface PairingRow {
  readonly id: string;
  readonly tillId: string;
  readonly siteId: string;
  readonly name: string;
  readonly codeHash: string;
  readonly createdBy: string;
}

const takeTill = statement(
  "device_take_pairing",
  "select pg_advisory_xact_lock(hashtextextended('devices.pairings ' || $1, 0))",
);
const endOld = statement(
  "device_end_pairings",
  `update devices.pairings set expires_at = now()
   where till_id = $1 and used_at is null and expires_at > now()`,
);
const insertNew = statement(
  "device_insert_pairing",
  `insert into devices.pairings (id, till_id, site_id, name, code_hash, created_by, expires_at)
   values ($1, $2, $3, $4, $5, $6, now() + interval '10 minutes')
   returning id, till_id as "tillId", site_id as "siteId", expires_at as "expiresAt"`,
);

/** The code of a till; the one before opens nothing any more. */
export async function replacePairing(
  tx: Tx,
  row: PairingRow,
): Promise<Omit<Pairing, "code"> | undefined> {
  // Of two made at once the second waits, and its next statement sees the first.
  await tx.run(takeTill, [row.tillId]);
  await tx.run(endOld, [row.tillId]);
  const { id, tillId, siteId, name, codeHash, createdBy } = row;
  const values = [id, tillId, siteId, name, codeHash, createdBy];
  const [pairing] = await tx.run<Omit<Pairing, "code">>(insertNew, values);
  return pairing;
}

export type OpenPairing = Omit<PairingRow, "codeHash">;

// Whoever comes second waits for the row and then finds that it is used.
const lockOpen = statement(
  "device_lock_pairing",
  `select p.id, p.till_id as "tillId", p.site_id as "siteId", p.name, p.created_by as "createdBy"
   from devices.pairings p join sites.tills t on t.id = p.till_id and t.archived_at is null
   where p.code_hash = $1 and p.used_at is null and p.expires_at > now()
   limit 1 for update of p`,
);

/** Locks the pairing that a code still opens. */
export async function lockPairing(tx: Tx, codeHash: string): Promise<OpenPairing | undefined> {
  const [row] = await tx.run<OpenPairing>(lockOpen, [codeHash]);
  return row;
}

const insertDevice = statement(
  "device_insert",
  `insert into devices.devices (id, till_id, site_id, name, hash, paired_by)
   values ($1, $2, $3, $4, $5, $6)`,
);
const usePairing = statement(
  "device_use_pairing",
  "update devices.pairings set used_at = now(), device_id = $2 where id = $1",
);

export async function pairDevice(
  tx: Tx,
  deviceId: string,
  hash: string,
  pairing: OpenPairing,
): Promise<void> {
  const { id, tillId, siteId, name, createdBy } = pairing;
  await tx.run(insertDevice, [deviceId, tillId, siteId, name, hash, createdBy]);
  await tx.run(usePairing, [id, deviceId]);
}

const columns = `id, till_id as "tillId", site_id as "siteId", name, paired_by as "pairedBy",
  created_at as "createdAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt", version`;

const findOne = statement("device_find", `select ${columns} from devices.devices where id = $1`);

export async function findDevice(db: Db, id: string): Promise<TillDevice | undefined> {
  const [device] = await db.run<TillDevice>(findOne, [id]);
  return device;
}

export interface DeviceFilter extends PageQuery {
  readonly siteId?: string | undefined;
  readonly tillId?: string | undefined;
}

/** Devices at these sites; without sites at all of them. */
export async function listDevices(
  db: Db,
  query: DeviceFilter,
  sites: readonly string[] | undefined,
): Promise<TillDevicePage> {
  const [after] = cursorKeys(query, idKey) ?? [];
  const where = new Where()
    .add("site_id = any(?::uuid[])", sites)
    .add("site_id = ?", query.siteId)
    .add("till_id = ?", query.tillId)
    .add("id > ?", after);
  const text = `select ${columns} from devices.devices ${where.text}
    order by id limit $${where.values.push(query.limit + 1)}`;
  return pageById(await runList<TillDevice>(db, "device_list", text, where), query);
}

const revoke = statement(
  "device_revoke",
  `update devices.devices set revoked_at = now(), staff_id = null, staff_since = null,
     staff_seen_at = null, version = version + 1
   where id = $1 and revoked_at is null returning id`,
);

/** False if it is unpaired already. */
export async function revokeDevice(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(revoke, [id])).length > 0;
}

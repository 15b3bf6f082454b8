import type { Membership } from "#modules/access/index.ts";
import { type Db, lookup, statement, type Tx } from "#platform/db.ts";
import type { Staff, TillShift } from "../model.ts";

// A shift ends by itself: 12 hours after it began, 30 minutes after the last request, and with the
// person's leaving, for good.
const isOn = `d.staff_since > now() - interval '12 hours'
  and d.staff_seen_at > now() - interval '30 minutes'`;
const worker = `left join accounts.people p on p.id = d.staff_id and p.archived_at is null
  and d.staff_since >= p.created_at and ${isOn}`;
const rolesHere = `select m.role from accounts.memberships m
  where m.person_id = p.id and (m.site_id is null or m.site_id = d.site_id)`;

export interface Paired {
  readonly id: string;
  readonly siteId: string;
  readonly staffId: string | null;
  /** Of the person who works on it, at its site. */
  readonly roles: readonly Membership["role"][];
  /** It was not used within the last minute. */
  readonly isIdle: boolean;
}

const findByHash = lookup(
  "device_by_hash",
  `select d.id, d.site_id as "siteId", p.id as "staffId", array_to_json(array(${rolesHere})) as roles,
     coalesce(d.last_used_at < now() - interval '1 minute', true) as "isIdle"
   from devices.devices d
   join sites.tills t on t.id = d.till_id and t.archived_at is null
   ${worker}
   where d.hash = $1 and d.revoked_at is null`,
);

/** The paired device with that key, and who works on it. */
export async function findPaired(db: Db, hash: string): Promise<Paired | undefined> {
  const [row] = await db.run<Paired>(findByHash, [hash]);
  return row;
}

// A shift that has ended meanwhile stays ended.
const touch = statement(
  "device_touch",
  `update devices.devices d set last_used_at = now(),
     staff_seen_at = case when ${isOn} then now() else d.staff_seen_at end
   where d.id = $1 and d.revoked_at is null
     and coalesce(d.last_used_at < now() - interval '1 minute', true)`,
);

/** One statement by itself, outside of what the request does: of many at once one changes it. */
export async function touchDevice(db: Db, id: string): Promise<void> {
  await db.run(touch, [id]);
}

// A PIN of before somebody was invited anew is theirs no longer.
const list = statement(
  "device_staff",
  `select p.id, p.name from accounts.people p
   join devices.pins i on i.person_id = p.id and i.changed_at >= p.created_at
   where p.archived_at is null and exists (
     select from accounts.memberships m
     where m.person_id = p.id and (m.site_id is null or m.site_id = $1))
   order by lower(p.name), p.id limit $2`,
);

// They all stand on one screen of the till.
const staffMax = 500;

export async function listStaff(db: Db, siteId: string): Promise<Staff> {
  return { people: await db.run<Staff["people"][number]>(list, [siteId, staffMax]) };
}

export interface StaffPin {
  readonly hash: string;
  readonly roles: readonly Membership["role"][];
}

const pinAt = statement(
  "device_pin_at",
  `select i.hash, array_to_json(array(${rolesHere})) as roles
   from devices.devices d
   join accounts.people p on p.id = $2 and p.archived_at is null
   join devices.pins i on i.person_id = p.id and i.changed_at >= p.created_at
   where d.id = $1 and d.revoked_at is null`,
);

/** The PIN of a person and their roles at the device's site. */
export async function findPinAt(
  db: Db,
  deviceId: string,
  personId: string,
): Promise<StaffPin | undefined> {
  const [row] = await db.run<StaffPin>(pinAt, [deviceId, personId]);
  return row;
}

const pinStill = statement(
  "device_pin_still",
  "select from devices.pins where person_id = $1 and hash = $2 for share",
);

/** Whether this is still the person's PIN; until the end of the transaction it stays so. */
export async function pinPin(tx: Tx, personId: string, hash: string): Promise<boolean> {
  return (await tx.run(pinStill, [personId, hash])).length > 0;
}

const shift = `d.id as "deviceId", d.till_id as "tillId", d.site_id as "siteId"`;
const start = statement(
  "device_start_shift",
  `update devices.devices d
   set staff_id = $2, staff_since = now(), staff_seen_at = now(), last_used_at = now()
   where id = $1 and revoked_at is null
   returning ${shift}, d.staff_id as "personId", d.staff_since as since`,
);

/** Undefined if the device is no longer paired. */
export async function startShift(
  tx: Tx,
  deviceId: string,
  personId: string,
): Promise<TillShift | undefined> {
  const [row] = await tx.run<TillShift>(start, [deviceId, personId]);
  return row;
}

const findShift = statement(
  "device_shift",
  `select ${shift}, p.id as "personId",
     case when p.id is not null then d.staff_since end as since
   from devices.devices d ${worker} where d.id = $1 and d.revoked_at is null`,
);

export async function findShiftOf(db: Db, deviceId: string): Promise<TillShift | undefined> {
  const [row] = await db.run<TillShift>(findShift, [deviceId]);
  return row;
}

const noStaff = "staff_id = null, staff_since = null, staff_seen_at = null";
const end = statement(
  "device_end_shift",
  `update devices.devices set ${noStaff} where id = $1 and staff_id is not null
   returning site_id as "siteId"`,
);

/** The device's site; undefined if nobody worked on it. */
export async function endShift(tx: Tx, deviceId: string): Promise<string | undefined> {
  const [row] = await tx.run<{ siteId: string }>(end, [deviceId]);
  return row?.siteId;
}

const endAll = statement(
  "device_end_shifts_of",
  `update devices.devices set ${noStaff} where staff_id = $1`,
);

export async function endShiftsOf(tx: Tx, personId: string): Promise<void> {
  await tx.run(endAll, [personId]);
}

import { type Db, statement, type Tx } from "#platform/db.ts";

const put = statement(
  "device_put_pin",
  `insert into devices.pins (person_id, hash) values ($1, $2)
   on conflict (person_id) do update set hash = excluded.hash, changed_at = clock_timestamp()`,
);

export async function putPin(tx: Tx, personId: string, hash: string): Promise<void> {
  await tx.run(put, [personId, hash]);
}

const remove = statement(
  "device_remove_pin",
  "delete from devices.pins where person_id = $1 returning person_id",
);

/** False if there was none. */
export async function removePin(tx: Tx, personId: string): Promise<boolean> {
  return (await tx.run(remove, [personId])).length > 0;
}

const sites = statement(
  "device_sites_of_person",
  `select array_to_json(array(
     select m.site_id from accounts.memberships m where m.person_id = p.id)) as sites
   from accounts.people p where p.id = $1`,
);

/** Where a person has roles, null for everywhere; undefined if there is no such person. */
export async function findSitesOfPerson(
  db: Db,
  personId: string,
): Promise<readonly (string | null)[] | undefined> {
  const [row] = await db.run<{ sites: (string | null)[] }>(sites, [personId]);
  return row?.sites;
}

import { constraintOf, stateOf } from "#platform/db.ts";
import type { Seen } from "#platform/db-records.ts";
import * as errors from "../errors.ts";

/** A change of a shared record: which one, as of which version, and what. */
export interface Change<T> extends Seen {
  readonly patch: T;
}

const refusals: Readonly<Record<string, (cause: unknown) => Error>> = {
  sites_pkey: errors.siteIdTaken,
  sites_name_key: errors.siteNameTaken,
  tills_pkey: errors.tillIdTaken,
  tills_site_id_name_key: errors.tillNameTaken,
};

const invalidParameterValue = "22023";

/** Runs a write and says which rule of the tables refused it. */
export async function named<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const refusal = refusals[constraintOf(error) ?? ""];
    if (refusal !== undefined) throw refusal(error);
    // The database's own list of zones is the one that counts.
    if (stateOf(error) === invalidParameterValue) throw errors.zoneUnknown();
    throw error;
  }
}

import { canonicalJson } from "#platform/command.ts";
import { constraintOf } from "#platform/db.ts";
import type { Seen } from "#platform/db-records.ts";
import * as errors from "../errors.ts";

/** A change of a shared record: which one, as of which version, and what. */
export interface Change<T> extends Seen {
  readonly patch: T;
}

const refusals: Readonly<Record<string, (cause: unknown) => Error>> = {
  categories_name_key: errors.nameTaken,
  suppliers_name_key: errors.nameTaken,
  items_name_key: errors.nameTaken,
  items_barcode_key: errors.barcodeTaken,
  conversions_item_id_from_unit_key: errors.packTaken,
};

/** Waits for a write and says which rule of the tables refused it. */
export async function named<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    const refusal = refusals[constraintOf(error) ?? ""];
    throw refusal === undefined ? error : refusal(error);
  }
}

interface Shared {
  readonly id: string;
  readonly archived?: boolean;
  readonly version?: number;
}

/**
 * The record that has the id of a new one: the same create sent again is answered, another one is
 * refused. A record that was changed since differs too.
 */
export function asReplayed<T extends Shared>(
  found: T | undefined,
  fields: Omit<T, "archived" | "version">,
): T {
  const { archived, version: _, ...rest } = found ?? { id: "" };
  if (found === undefined || archived === true) throw errors.idTaken();
  if (canonicalJson(rest) !== canonicalJson(fields)) throw errors.idTaken();
  return found;
}

interface Lookup {
  readonly noun: "item" | "category" | "supplier";
  readonly found: { readonly archived: boolean } | undefined;
}

/** Says why a change or an archiving met no record. */
export function refusalOf({ noun, found }: Lookup): Error {
  if (found === undefined) return errors.notFound(noun);
  return found.archived ? errors.archived(noun) : errors.stale(noun);
}

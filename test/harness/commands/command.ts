import { newId } from "#platform/id.ts";
import * as bakery from "../bakery.ts";
import { type Kitchen, unique } from "../kitchen.ts";

/** A request that would succeed, and would leave something behind. */
export interface Prepared {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TestCommand {
  readonly name: string;
  readonly operationId: string;
  /** Makes what the command works on, and the request. */
  prepare(kitchen: Kitchen): Promise<Prepared>;
}

export const post = (path: string, body: object): Prepared => ({
  method: "POST",
  path,
  body,
  headers: bakery.key(),
});

export const ifMatch = (version: number) => ({ "if-match": `"${version}"` });

export const patch = (path: string, body: object): Prepared => ({
  method: "PATCH",
  path,
  body,
  headers: ifMatch(1),
});

export const remove = (path: string, version?: number): Prepared => ({
  method: "DELETE",
  path,
  headers: version === undefined ? {} : ifMatch(version),
});

export const command = (
  name: string,
  operationId: string,
  prepare: (kitchen: Kitchen) => Prepared | Promise<Prepared>,
): TestCommand => ({ name, operationId, prepare: async (kitchen) => prepare(kitchen) });

export async function added(kitchen: Kitchen, path: string, body: object): Promise<string> {
  return (await bakery.make(kitchen.client, path, { id: newId(), ...body })).id;
}

export const newSite = () => ({
  id: newId(),
  name: unique("Shop"),
  zone: "Europe/Paris",
  cutover: "03:00",
  pricesIncludeTax: false,
});
export const newItem = (fields: object = {}) => ({
  id: newId(),
  name: unique("Item"),
  kind: "material",
  stocking: "stocked",
  unit: "kg",
  ...fields,
});

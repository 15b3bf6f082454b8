import { type TSchema, Type } from "@sinclair/typebox";

const groups = {
  /** The route reads a body. */
  body: [413, 415, 422],
  /** The route reads a query. */
  query: [422],
  /** PATCH and DELETE of shared records. */
  version: [412, 428],
  /** Commands that move stock or money; 400 and 422 come with every command. */
  key: [409, 422],
  not_found: [404],
  conflict: [409],
} as const;

/** The shape of 204. */
export const NoContent = Type.Void({ description: "Done" });

/** The shape of 304. */
export const NotModified = Type.Void({ description: "What If-None-Match names is current" });

type Group = keyof typeof groups;
type StatusOf<G extends Group> = (typeof groups)[G][number];
/**
 * Any request can be malformed, come from nobody or from somebody who may not, come too often, meet
 * a bug, or meet a database that cannot answer.
 */
const always = [400, 401, 403, 429, 500, 503] as const;
type Always = (typeof always)[number];

/** Everything a route can answer, by the names of shapes: its successes, and groups of problems. */
export function responses<
  const S extends Record<number, string | TSchema>,
  const G extends Group = never,
>(successes: S, ...names: G[]): S & Record<StatusOf<G> | Always, "Problem"> {
  const all: Record<number, string | TSchema> = { ...successes };
  for (const name of names) for (const status of groups[name]) all[status] = "Problem";
  for (const status of always) all[status] = "Problem";
  return all as S & Record<StatusOf<G> | Always, "Problem">;
}

export interface Detail {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: string[];
  readonly description?: string;
  readonly [keyMark]?: true;
  readonly [needsMark]?: readonly string[];
  readonly [companyMark]?: true;
  readonly security?: [];
}

/**
 * Marks an operation that needs the Idempotency-Key header; the document shows the header instead.
 */
export const keyMark = "x-idempotency-key";

/** The permissions that an operation asks for; the document keeps it, and says it in words. */
export const needsMark = "x-permissions";

/** Marks that they must be held for the whole company, not at one site. */
export const companyMark = "x-company-wide";

/** For what takes these permissions where the record is; which those are, the service decides. */
export function needs(detail: Detail, ...permissions: readonly string[]): Detail {
  return { ...detail, [needsMark]: permissions };
}

/** For what takes a permission at every site: changes of what all sites share. */
export function needsEverywhere(detail: Detail, permission: string): Detail {
  return { ...needs(detail, permission), [companyMark]: true };
}

/** For commands without an id of their own: they need `Idempotency-Key`. */
export function keyed(detail: Detail): Detail {
  return { ...detail, [keyMark]: true };
}

/** For what anybody may ask: it needs no credentials. */
export function unguarded(detail: Detail): Detail {
  return { ...detail, security: [] };
}

/** What the document says of an operation, beside its shapes. */
export function operation(
  operationId: string,
  tag: string,
  summary: string,
  description?: string,
): Detail {
  const detail = { operationId, summary, tags: [tag] };
  return description === undefined ? detail : { ...detail, description };
}

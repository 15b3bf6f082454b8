import { may } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import { findPerson, listRoles, type NamedRole } from "../queries/people.ts";

/** What the first page says of who is signed in. */
export interface Home {
  readonly name: string;
  readonly email: string;
  readonly secondFactor: boolean;
  readonly roles: readonly NamedRole[];
  readonly seesReports: boolean;
  readonly seesStats: boolean;
}

/** Undefined for all but people who are signed in. */
export async function readHome(ctx: Ctx): Promise<Home | undefined> {
  const { kind, id } = ctx.actor;
  const person = kind === "person" ? await findPerson(ctx.app.db, id) : undefined;
  if (person === undefined) return undefined;
  const { name, email, secondFactor } = person;
  return {
    name,
    email,
    secondFactor,
    roles: await listRoles(ctx.app.db, id),
    seesReports: may(ctx, "reports.read"),
    seesStats: may(ctx, "stats.read", null),
  };
}

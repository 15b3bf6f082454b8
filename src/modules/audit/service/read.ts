import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { PageQuery } from "#platform/page.ts";
import * as errors from "../errors.ts";
import type { AuditEntry, AuditPage, SealPage } from "../model.ts";
import * as entries from "../queries/entries.ts";
import * as seals from "../queries/seals.ts";

// One entry is of one site, another of none: only who may read all of them may read any.
const permission = "audit.read";

/** Who did what, newest first. */
export async function listEntries(ctx: Ctx, query: entries.EntryFilter): Promise<AuditPage> {
  authorise(ctx, permission, null);
  return entries.listEntries(ctx.app.db, query);
}

/** Throws `audit.entry_not_found` (404). */
export async function getEntry(ctx: Ctx, id: string): Promise<AuditEntry> {
  authorise(ctx, permission, null);
  const found = await entries.findEntry(ctx.app.db, id);
  if (found === undefined) throw errors.entryNotFound();
  return found;
}

/** The seals, newest first. */
export async function listSeals(ctx: Ctx, query: PageQuery): Promise<SealPage> {
  authorise(ctx, permission, null);
  return seals.listSeals(ctx.app.db, query);
}

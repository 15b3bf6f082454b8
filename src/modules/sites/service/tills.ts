import { authorise, authoriseAt, may, permittedSites } from "#modules/access/index.ts";
import { recordDeed } from "#modules/audit/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import type { Seen } from "#platform/db-records.ts";
import { invariant } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { NewTill, Till, TillPage, TillPatch } from "../model.ts";
import * as queries from "../queries/sites.ts";
import { type Change, named } from "./refusals.ts";

/**
 * Sets up a till. Throws `sites.site_unknown`, `sites.till_name_taken` and `sites.till_id_taken`.
 */
export async function addTill(ctx: Ctx, input: NewTill): Promise<Till> {
  const { siteId } = input;
  const hidden = { read: "sites.read", missing: errors.siteUnknown } as const;
  authoriseAt(ctx, "tills.change", siteId, hidden);
  const till = { ...input, id: input.id ?? newId() };
  return named(() =>
    ctx.app.db.withTransaction(async (tx) => {
      const added = await queries.insertTill(tx, till);
      if (added === undefined) throw errors.siteUnknown();
      await recordDeed(tx, ctx, deedOn(added, "added"));
      return added;
    }),
  );
}

/** Throws `sites.till_not_found` (404). Archived tills are found. */
export async function getTill(ctx: Ctx, id: string): Promise<Till> {
  authorise(ctx, "sites.read");
  const till = await queries.findTill(ctx.app.db, id);
  if (till === undefined || !may(ctx, "sites.read", till.siteId)) throw errors.tillNotFound();
  return till;
}

/** Tills in use, or the archived ones, by id; at sites that the actor may read. */
export async function listTills(ctx: Ctx, query: queries.TillFilter): Promise<TillPage> {
  return queries.listTills(ctx.app.db, query, permittedSites(ctx, "sites.read"));
}

export async function changeTill(ctx: Ctx, change: Change<TillPatch>): Promise<Till> {
  authorise(ctx, "tills.change");
  return named(() =>
    ctx.app.db.withTransaction(async (tx) => {
      const before = await requireTill(tx, ctx, change.id);
      const till = await queries.updateTill(tx, change, change.patch);
      if (till === undefined) throw refusalOf(before);
      await recordDeed(tx, ctx, deedOn(till, "changed"));
      return till;
    }),
  );
}

export async function archiveTill(ctx: Ctx, seen: Seen): Promise<void> {
  authorise(ctx, "tills.change");
  await ctx.app.db.withTransaction(async (tx) => {
    const before = await requireTill(tx, ctx, seen.id);
    if (!(await queries.archiveTill(tx, seen))) throw refusalOf(before);
    await recordDeed(tx, ctx, deedOn(before, "archived"));
  });
}

/**
 * Step: locks a till and gives its next receipt number, without gaps: a transaction that fails
 * gives it back. The till's hash becomes SHA-256 of `previous hash:number:content`, in hex (domain
 * rules 8).
 */
export async function takeReceiptNumber(tx: Tx, tillId: string, content: string): Promise<void> {
  const isTaken = await queries.takeReceiptNumber(tx, tillId, content);
  invariant(isTaken, "the till was read in this transaction and tills are never deleted");
}

/** The till to change, at a site where the actor may. */
async function requireTill(tx: Tx, ctx: Ctx, id: string): Promise<Till> {
  const till = await queries.findTill(tx, id);
  if (till === undefined) throw errors.tillNotFound();
  const hidden = { read: "sites.read", missing: errors.tillNotFound } as const;
  authoriseAt(ctx, "tills.change", till.siteId, hidden);
  return till;
}

function refusalOf(found: Till): Error {
  return found.archived ? errors.tillArchived() : errors.tillStale();
}

function deedOn({ id, siteId }: Till, what: "added" | "changed" | "archived") {
  return { action: `till.${what}`, subject: { kind: "till", id }, siteId };
}

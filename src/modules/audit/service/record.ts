import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { invariant } from "#platform/errors.ts";
import { publish } from "#platform/events.ts";
import { newId } from "#platform/id.ts";
import { entryRecorded } from "../events.ts";
import { insertEntry } from "../queries/entries.ts";
import { type Changes, checkChanges, isCode } from "../rules/changes.ts";
import { networkOf } from "../rules/network.ts";

/**
 * What was done to which record. `before` and `after` hold what changed, by the fields of
 * `auditedFields`: never a name, an address, a secret or a text that somebody wrote.
 */
export interface Deed {
  /** `noun.what_was_done`, such as `item.price_changed`. */
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly siteId?: string | null;
  readonly before?: Changes;
  readonly after?: Changes;
}

/**
 * Step: writes down who did what, in the transaction that does it. Breaks an invariant, and with it
 * the transaction, if a field is not known to hold nobody's data.
 */
export async function recordDeed(tx: Tx, ctx: Ctx, deed: Deed): Promise<void> {
  const { actor, address, traceId } = ctx;
  invariant(isCode(deed.subject.id), "the subject of a deed is named by its id");
  checkChanges(deed.before);
  checkChanges(deed.after);
  const id = newId();
  await insertEntry(tx, {
    id,
    action: deed.action,
    subjectKind: deed.subject.kind,
    subjectId: deed.subject.id,
    siteId: deed.siteId ?? null,
    actorKind: actor.kind,
    actorId: actor.id,
    credentialId: actor.credentialId ?? null,
    network: networkOf(address),
    traceId,
    before: deed.before,
    after: deed.after,
  });
  const siteId = deed.siteId ?? null;
  publish(tx, entryRecorded, { siteId, businessDate: null, subjectId: id, payload: {} });
}

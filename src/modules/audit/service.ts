import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import { newId } from "#platform/id.ts";
import { insertEntry } from "./queries.ts";
import { networkOf } from "./rules.ts";

/** What was done to which record. `before` and `after` hold what changed: never a name, an address, a secret. */
export interface Deed {
  /** `noun.what_was_done`, such as `item.price_changed`. */
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly siteId?: string | null;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Step: writes down who did what, in the transaction that does it. */
export async function recordDeed(tx: Tx, ctx: Ctx, deed: Deed): Promise<void> {
  const { actor, address, traceId } = ctx;
  await insertEntry(tx, {
    id: newId(),
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
}

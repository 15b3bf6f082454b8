import { type Deed, recordDeed } from "#modules/audit/index.ts";
import { type App, type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import { newId } from "#platform/id.ts";

/** Banneton itself, or who is given, in a test without HTTP. */
export function testCtx(app: App, given: Partial<Ctx> = {}): Ctx {
  const traceId = newId().replaceAll("-", "");
  return { app, actor: SYSTEM_ACTOR, traceId, log: app.log, now: app.now, ...given };
}

/** Records deeds, one a transaction; a price that changed, unless they say otherwise. */
export async function recordDeeds(
  app: App,
  count: number,
  deed: Partial<Deed> = {},
  given: Partial<Ctx> = {},
): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await app.db.withTransaction((tx) =>
      recordDeed(tx, testCtx(app, given), {
        action: "item.price_changed",
        subject: { kind: "item", id: newId() },
        before: { price: `${number}.20` },
        after: { price: `${number}.50` },
        ...deed,
      }),
    );
  }
}

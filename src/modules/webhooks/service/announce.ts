import { authorise } from "#modules/access/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Tx } from "#platform/db.ts";
import type { HeardEvent } from "../model.ts";
import { insertDeliveries } from "../queries/deliveries.ts";
import { enqueueTries } from "./queue.ts";

export interface Announcement {
  /** The same for the same thing, whoever announces it again. */
  readonly messageId: string;
  readonly kind: string;
  /** Null if it belongs to no site. */
  readonly siteId: string | null;
  /** RFC 3339. */
  readonly happenedAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Step: lets every webhook know that is told of such things, once, if the transaction commits. */
export async function announce(tx: Tx, announcement: Announcement): Promise<void> {
  const { messageId, kind, siteId } = announcement;
  const message = { messageId, kind, siteId, body: bodyOf(announcement) };
  await enqueueTries(tx, await insertDeliveries(tx, message));
}

/** As Standard Webhooks wants it. */
export function bodyOf({ kind, happenedAt, data }: Omit<Announcement, "messageId" | "siteId">) {
  return JSON.stringify({ type: kind, timestamp: happenedAt, data });
}

/** Announces a committed event; twice is once. */
export async function announceEvent(ctx: Ctx, event: HeardEvent): Promise<void> {
  authorise(ctx, "webhooks.change", null);
  const { id, type, siteId, businessDate, subjectId, payload, recordedAt } = event;
  await ctx.app.db.withTransaction((tx) =>
    announce(tx, {
      messageId: `evt_${id}`,
      kind: type,
      siteId,
      happenedAt: recordedAt,
      data: { id, siteId, businessDate, subjectId, ...payload },
    }),
  );
}

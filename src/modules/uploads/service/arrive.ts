import type { ReceivedEvent } from "#platform/cloud-events.ts";
import type { Ctx } from "#platform/context.ts";
import { bucketOf } from "#platform/storage.ts";
import { isObjectName } from "../rules/objects.ts";
import { arrivedObject } from "../rules/storage-events.ts";
import { inspectUpload, type Outcome } from "./inspect.ts";

/** Follows an event of the storage. Others, and those of other buckets, are ignored with a line. */
export async function followStorageEvent(ctx: Ctx, event: ReceivedEvent): Promise<Outcome> {
  const { id, type } = event;
  const place = arrivedObject(event);
  const isBucket = place?.bucket === bucketOf(ctx.app.config.services.storageUrl);
  const outcome =
    place && isBucket && isObjectName(place.name)
      ? await inspectUpload(ctx, place.name)
      : "ignored";
  ctx.log.info("Followed an event of the storage", { eventId: id, name: type, code: outcome });
  return outcome;
}

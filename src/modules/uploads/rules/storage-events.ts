import { Value } from "@sinclair/typebox/value";
import { Type } from "#platform/schema.ts";

/** What Google Cloud Storage calls it when an object is there whole. */
export const finalizedType = "google.cloud.storage.object.v1.finalized";
const publishedType = "google.cloud.pubsub.topic.v1.messagePublished";

const StorageObject = Type.Object({ bucket: Type.String(), name: Type.String() });

// A notification of a bucket says all that matters in its attributes.
const Published = Type.Object({
  message: Type.Object({
    attributes: Type.Object({
      eventType: Type.Literal("OBJECT_FINALIZE"),
      bucketId: Type.String(),
      objectId: Type.String(),
    }),
  }),
});

export interface ObjectPlace {
  readonly bucket: string;
  readonly name: string;
}

/** The object an event says has arrived, from Storage itself or through Pub/Sub; else undefined. */
export function arrivedObject(event: {
  readonly type: string;
  readonly data: unknown;
}): ObjectPlace | undefined {
  const { type, data } = event;
  if (type === finalizedType && Value.Check(StorageObject, data)) {
    return { bucket: data.bucket, name: data.name };
  }
  if (type === publishedType && Value.Check(Published, data)) {
    const { bucketId, objectId } = data.message.attributes;
    return { bucket: bucketId, name: objectId };
  }
  return undefined;
}

import type { SentEvent } from "#platform/cloud-events.ts";

const time = "2026-11-28T04:05:06.789Z";
export const finalizedType = "google.cloud.storage.object.v1.finalized";
export const publishedType = "google.cloud.pubsub.topic.v1.messagePublished";

/** An object's event in the form that Google publishes, with every field that it may have. */
export function storageEvent(
  name: string,
  { bucket = "folder", type = finalizedType, id = `event-${name}` } = {},
): SentEvent {
  const data = {
    kind: "storage#object",
    id: `${bucket}/${name}/1795838706789012`,
    selfLink: `https://www.googleapis.com/storage/v1/b/${bucket}/o/${encodeURIComponent(name.toWellFormed())}`,
    mediaLink: `https://www.googleapis.com/download/storage/v1/b/${bucket}/o/x?alt=media`,
    name,
    bucket,
    generation: "1795838706789012",
    metageneration: "1",
    contentType: "text/html",
    contentEncoding: "gzip",
    contentDisposition: "inline",
    contentLanguage: "en",
    cacheControl: "public, max-age=3600",
    componentCount: 3,
    storageClass: "STANDARD",
    size: "352",
    md5Hash: "1B2M2Y8AsgTpgAmY7PhCfg==",
    crc32c: "AAAAAA==",
    etag: "CNTvtpfwpJEDEAE=",
    kmsKeyName: "",
    customerEncryption: { encryptionAlgorithm: "AES256", keySha256: "AAAA" },
    eventBasedHold: false,
    temporaryHold: false,
    timeCreated: time,
    updated: time,
    timeStorageClassUpdated: time,
    metadata: { purpose: "whatever the sender says" },
  };
  const source = `//storage.googleapis.com/projects/_/buckets/${bucket}`;
  return { id, source, type, subject: `objects/${name}`, time, data };
}

/** The same as a bucket's notification, which Pub/Sub carries. */
export function publishedEvent(
  name: string,
  { bucket = "folder", eventType = "OBJECT_FINALIZE", id = `message-${name}` } = {},
): SentEvent {
  const { data } = storageEvent(name, { bucket });
  const message = {
    "@type": "type.googleapis.com/google.pubsub.v1.PubsubMessage",
    attributes: {
      eventType,
      bucketId: bucket,
      objectId: name,
      objectGeneration: "1795838706789012",
      payloadFormat: "JSON_API_V1",
      notificationConfig: `projects/_/buckets/${bucket}/notificationConfigs/1`,
      eventTime: time,
    },
    data: Buffer.from(JSON.stringify(data)).toString("base64"),
    messageId: id,
    message_id: id,
    publishTime: time,
    publish_time: time,
  };
  return published(id, message);
}

function published(id: string, message: object): SentEvent {
  const subscription = "projects/bakery/subscriptions/eventarc-uploads";
  const source = "//pubsub.googleapis.com/projects/bakery/topics/uploads";
  return { id, source, type: publishedType, subject: "", time, data: { subscription, message } };
}

/** Events of the public samples' forms that are none of the function's business. */
export function otherEvents(name: string): readonly SentEvent[] {
  const types = ["archived", "deleted", "metadataUpdated"];
  const messages = [
    { data: "AQIDBA==", messageId: "binary" },
    { attributes: { attr1: "attr1-value" }, data: "dGVzdCBtZXNzYWdlIDM=", messageId: "text" },
    { data: "AQIDBA==", messageId: "twice", message_id: "twice" },
    { messageId: "bare" },
  ];
  return [
    ...types.map((type) => storageEvent(name, { type: `google.cloud.storage.object.v1.${type}` })),
    ...["OBJECT_DELETE", "OBJECT_ARCHIVE", "OBJECT_METADATA_UPDATE"].map((eventType) =>
      publishedEvent(name, { eventType }),
    ),
    ...messages.map((message) => published(message.messageId, message)),
    storageEvent(name, { bucket: "sample-bucket" }),
    publishedEvent(name, { bucket: "sample-bucket" }),
    storageEvent("MyFile"),
    storageEvent("../../../etc/passwd"),
    { ...storageEvent(name, { type: "google.cloud.audit.log.v1.written" }), data: {} },
    { ...storageEvent(name), data: {} },
    { ...storageEvent(name), data: { bucket: ["folder"], name: { $ne: "" } } },
  ];
}

export interface EventRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Attributes as headers. */
export function binaryMode({ data, ...attributes }: SentEvent): EventRequest {
  const headers = Object.entries(attributes)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => [`ce-${key}`, value]);
  return {
    headers: {
      ...Object.fromEntries(headers),
      "ce-specversion": "1.0",
      "content-type": "application/json",
    },
    body: JSON.stringify(data),
  };
}

/** Everything in the body. */
export function structuredMode(event: SentEvent): EventRequest {
  const { subject, ...rest } = event;
  const named = subject === "" ? rest : event;
  const body = { specversion: "1.0", datacontenttype: "application/json", ...named };
  return {
    headers: { "content-type": "application/cloudevents+json; charset=utf-8" },
    body: JSON.stringify(body),
  };
}

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Bucket, File } from "@google-cloud/storage";
import { AppError } from "./errors.ts";
import {
  type ByteStream,
  type Bytes,
  checkObjectName,
  dispositionOf,
  type LinkOptions,
  type ListedObject,
  measured,
  type ObjectStorage,
  openedLazily,
  type Put,
  type PutOptions,
  type StoredObject,
  storageUnavailable,
  type UploadLinkOptions,
} from "./storage.ts";

// Beyond it the client sends the object in parts, each kept until it has arrived.
const partBytes = 2 * 1_048_576;

/** A bucket of Google Cloud Storage. The client finds its credentials, or an emulator, by itself. */
export class GoogleStorage implements ObjectStorage {
  readonly #name: string;
  readonly #now: () => Date;
  #bucket: Promise<Bucket> | undefined;

  constructor(bucket: string, now: () => Date) {
    this.#name = bucket;
    this.#now = now;
  }

  async put(name: string, body: Bytes, options: PutOptions): Promise<Put> {
    const file = await this.#file(name);
    const { contentType, metadata, ifAbsent = false, bytesMax } = options;
    const hash = createHash("sha256");
    let bytes = 0;
    const counted = measured(body, bytesMax, (chunk) => {
      bytes += chunk.byteLength;
      hash.update(chunk);
    });
    const isNew = await guarded(async () => {
      const target = file.createWriteStream({
        resumable: bytesMax > partBytes,
        chunkSize: partBytes,
        contentType,
        metadata: { contentType, metadata: { ...metadata } },
        ...(ifAbsent ? { preconditionOpts: { ifGenerationMatch: 0 } } : {}),
      });
      try {
        await pipeline(Readable.from(counted), target);
        return true;
      } catch (error) {
        if (ifAbsent && statusOf(error) === 412) return false;
        throw error;
      }
    });
    return { bytes, sha256: hash.digest("hex"), isNew };
  }

  async find(name: string): Promise<StoredObject | undefined> {
    const file = await this.#file(name);
    const [found] = await orAbsent(file.getMetadata());
    if (found === undefined) return undefined;
    return {
      name,
      bytes: Number(found.size),
      contentType: found.contentType ?? "application/octet-stream",
      createdAt: found.timeCreated ?? "",
      metadata: textsOf(found.metadata ?? {}),
    };
  }

  async read(name: string, bytesMax?: number): Promise<ByteStream | undefined> {
    if ((await this.find(name)) === undefined) return undefined;
    if (bytesMax === 0) return new Blob([]).stream() as ByteStream;
    const file = await this.#file(name);
    const range = bytesMax === undefined ? {} : { end: bytesMax - 1 };
    return openedLazily(() => file.createReadStream(range));
  }

  async *list(folder: string): AsyncGenerator<ListedObject> {
    const bucket = await this.#open();
    let pageToken: string | undefined;
    do {
      const query = { prefix: `${folder}/`, autoPaginate: false, ...(pageToken && { pageToken }) };
      const [files, next] = await guarded(() => bucket.getFiles(query));
      for (const { name, metadata } of files) yield { name, createdAt: metadata.timeCreated ?? "" };
      pageToken = (next as { readonly pageToken?: string } | null)?.pageToken;
    } while (pageToken !== undefined);
  }

  async delete(name: string): Promise<void> {
    const file = await this.#file(name);
    await guarded(() => file.delete({ ignoreNotFound: true }));
  }

  async linkTo(name: string, { seconds, fileName }: LinkOptions): Promise<string> {
    const file = await this.#file(name);
    const expires = this.#now().getTime() + seconds * 1_000;
    const responseDisposition = dispositionOf(fileName);
    const [url] = await guarded(() =>
      file.getSignedUrl({ version: "v4", action: "read", expires, responseDisposition }),
    );
    return url;
  }

  /** A resumable session, which ends after a week. */
  async uploadLink(name: string, options: UploadLinkOptions): Promise<string> {
    const file = await this.#file(name);
    const { contentType, bytes, metadata } = options;
    const [url] = await guarded(() =>
      file.createResumableUpload({
        metadata: { contentType, contentLength: bytes, metadata: { ...metadata } },
        preconditionOpts: { ifGenerationMatch: 0 },
      }),
    );
    return url;
  }

  async #file(name: string): Promise<File> {
    checkObjectName(name);
    return (await this.#open()).file(name);
  }

  #open(): Promise<Bucket> {
    this.#bucket ??= open(this.#name);
    return this.#bucket;
  }
}

// Loaded when it is used: most installations keep their files in a folder.
async function open(name: string): Promise<Bucket> {
  const { IdempotencyStrategy, Storage } = await import("@google-cloud/storage");
  // Under one name there is only ever the same content: what may have arrived is sent again.
  const idempotencyStrategy = IdempotencyStrategy.RetryAlways;
  const retryOptions = { idempotencyStrategy, totalTimeout: 30, maxRetries: 3 };
  return new Storage({ retryOptions }).bucket(name);
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AppError ? error : storageUnavailable(error);
  }
}

async function orAbsent<T extends readonly unknown[]>(found: Promise<T>): Promise<T | [undefined]> {
  try {
    return await found;
  } catch (error) {
    if (statusOf(error) === 404) return [undefined];
    throw storageUnavailable(error);
  }
}

function statusOf(error: unknown): number | undefined {
  const { code, status } = error as { code?: unknown; status?: unknown };
  return [code, status].map(Number).find((each) => each >= 400);
}

function textsOf(metadata: object): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, String(value)]));
}

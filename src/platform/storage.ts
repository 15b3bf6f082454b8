import { AppError, invariant } from "./errors.ts";

/** An object as it lies there. */
export interface StoredObject {
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string;
  /** Of the storage's clock, RFC 3339. */
  readonly createdAt: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface PutOptions {
  readonly contentType: string;
  /** More than so many bytes are refused, and nothing of them stays. */
  readonly bytesMax: number;
  /** Leaves what is there under the name as it is: `isNew` then is false. */
  readonly ifAbsent?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Put {
  readonly bytes: number;
  /** SHA-256 of the bytes that were given, in hex. */
  readonly sha256: string;
  readonly isNew: boolean;
}

export interface LinkOptions {
  /** How long it may be used. */
  readonly seconds: number;
  /** What a browser calls the file that it saves. */
  readonly fileName: string;
}

export interface UploadLinkOptions {
  readonly contentType: string;
  /** How many there will be, exactly. */
  readonly bytes: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

export type ByteStream = ReadableStream<Uint8Array>;

/** Bytes as they come, or all at once. */
export type Bytes = ByteStream | AsyncIterable<Uint8Array> | Uint8Array;

export interface ListedObject {
  readonly name: string;
  /** Of the storage's clock, RFC 3339. */
  readonly createdAt: string;
}

/** Files by name, in a bucket of Google's or in a folder. Objects are whole or not there. */
export interface ObjectStorage {
  /**
   * Streams an object to its place. Throws `storage.too_large` (422) beyond `bytesMax`, and
   * `storage.unavailable` (503); a name that is taken is replaced, unless `ifAbsent`.
   */
  put(name: string, body: Bytes, options: PutOptions): Promise<Put>;
  find(name: string): Promise<StoredObject | undefined>;
  /** The bytes, or the first `bytesMax` of them; undefined if there is no such object. */
  read(name: string, bytesMax?: number): Promise<ByteStream | undefined>;
  /** All objects below a folder of names, such as `uploads`, in no promised order. */
  list(folder: string): AsyncIterable<ListedObject>;
  /** Deletes it; that there is none is no error. */
  delete(name: string): Promise<void>;
  /** A link that reads the object without any other credential, always as a file to save. */
  linkTo(name: string, options: LinkOptions): Promise<string>;
  /** Where a client may send the bytes by itself; undefined if only this process can. */
  uploadLink(name: string, options: UploadLinkOptions): Promise<string | undefined>;
}

const namePattern = /^[a-z0-9][a-z0-9-]*(?:\/[a-z0-9][a-z0-9._-]*)+$/;
const nameLengthMax = 512;

/** Breaks an invariant for a name that is not ours: what people call their files never is one. */
export function checkObjectName(name: string): void {
  const isGood = namePattern.test(name) && name.length <= nameLengthMax && !name.includes("..");
  invariant(isGood, "objects have names of our own making");
}

export function tooLarge(bytesMax: number): AppError {
  return new AppError("invalid", "storage.too_large", `This is larger than ${bytesMax} bytes.`);
}

export function storageUnavailable(cause: unknown): AppError {
  const text = "Files cannot be reached now. Please try again.";
  return new AppError("unavailable", "storage.unavailable", text, { cause });
}

/** The storage of this installation. Throws `storage.not_configured` (503) where there is none. */
export function storageOf(app: { readonly storage?: ObjectStorage | undefined }): ObjectStorage {
  if (app.storage !== undefined) return app.storage;
  throw notConfigured("STORAGE_URL");
}

/** Where copies of the audit lie. Throws `storage.not_configured` (503) where there is no such place. */
export function auditStorageOf(app: {
  readonly auditStorage?: ObjectStorage | undefined;
}): ObjectStorage {
  if (app.auditStorage !== undefined) return app.auditStorage;
  throw notConfigured("AUDIT_STORAGE_URL or STORAGE_URL");
}

function notConfigured(names: string): AppError {
  const text = `This installation has no place for files: ${names} names it.`;
  return new AppError("unavailable", "storage.not_configured", text);
}

/** Counts and hashes what passes, and throws when it is too much. */
export async function* measured(
  body: Bytes,
  bytesMax: number,
  update: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunksOf(body)) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    update(chunk);
    yield chunk;
  }
}

/** A file that is opened when its first bytes are wanted; that it breaks off is the storage's fault. */
export function openedLazily(open: () => AsyncIterable<Uint8Array>): ByteStream {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        chunks ??= open()[Symbol.asyncIterator]();
        const { done, value } = await chunks.next().catch((error: unknown) => {
          throw storageUnavailable(error);
        });
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await chunks?.return?.()),
    },
    { highWaterMark: 0 },
  );
}

/** The chunks of a body, one after the other. */
export function chunksOf(body: Bytes): AsyncIterable<Uint8Array> | [Uint8Array] {
  return body instanceof Uint8Array ? [body] : (body as AsyncIterable<Uint8Array>);
}

/** The bucket that events name: of Google's its own, of a folder the word `folder`. */
export function bucketOf(storageUrl: string | undefined): string | undefined {
  if (storageUrl === undefined) return undefined;
  return /^gs:\/\/(.+)$/.exec(storageUrl)?.[1] ?? "folder";
}

/** Content-Disposition of a file to save; as RFC 6266 writes a name that is not ASCII. */
export function dispositionOf(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

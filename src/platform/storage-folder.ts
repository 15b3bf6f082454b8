import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { link, mkdir, opendir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "./errors.ts";
import {
  type ByteStream,
  type Bytes,
  checkObjectName,
  type LinkOptions,
  type ListedObject,
  measured,
  type ObjectStorage,
  openedLazily,
  type Put,
  type PutOptions,
  type StoredObject,
  storageUnavailable,
} from "./storage.ts";
import { Incoming } from "./storage-incoming.ts";

/** The path that the web serves signed links at. */
export const filesPath = "/files";

interface Parts {
  readonly folder: string;
  /** Where people reach the web, without a slash at the end. */
  readonly publicUrl: string;
  readonly now: () => Date;
}

/** What a link that was signed here opens. */
export interface OpenedLink {
  readonly object: StoredObject;
  readonly fileName: string;
}

/**
 * A folder in place of a bucket, for development and for one machine. Several processes may share it:
 * an object appears whole, by a rename on the same disk.
 */
export class FolderStorage implements ObjectStorage {
  readonly #objects: string;
  readonly #facts: string;
  readonly #incoming: Incoming;
  readonly #keyPath: string;
  readonly #parts: Parts;
  #key: Buffer | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#objects = join(parts.folder, "objects");
    this.#facts = join(parts.folder, "facts");
    this.#incoming = new Incoming(join(parts.folder, "incoming"), parts.now);
    this.#keyPath = join(parts.folder, "link-key");
  }

  async put(name: string, body: Bytes, options: PutOptions): Promise<Put> {
    checkObjectName(name);
    const { contentType, metadata = {}, ifAbsent = false } = options;
    const [path, facts] = [join(this.#objects, name), join(this.#facts, `${name}.json`)];
    await this.#guarded(async () => {
      await this.#incoming.open();
      for (const each of [dirname(path), dirname(facts)]) {
        await mkdir(each, { recursive: true, mode: 0o700 });
      }
    });
    return this.#incoming.withPart(async (part) => {
      const hash = createHash("sha256");
      let bytes = 0;
      const counted = measured(body, options.bytesMax, (chunk) => {
        bytes += chunk.byteLength;
        hash.update(chunk);
      });
      await pipeline(Readable.from(counted), createWriteStream(part, { flags: "wx", flush: true }));
      const isNew = await this.#guarded(async () => {
        if (ifAbsent && (await this.find(name)) !== undefined) return false;
        await this.#writeFacts(facts, { contentType, metadata });
        return ifAbsent ? await linkOnce(part, path) : rename(part, path).then(() => true);
      });
      return { bytes, sha256: hash.digest("hex"), isNew };
    });
  }

  async find(name: string): Promise<StoredObject | undefined> {
    checkObjectName(name);
    return this.#guarded(async () => {
      const path = join(this.#objects, name);
      const [file, facts] = await Promise.all([
        orAbsent(stat(path)),
        orAbsent(readFile(join(this.#facts, `${name}.json`), "utf8")),
      ]);
      if (file === undefined || facts === undefined) return undefined;
      const { contentType, metadata } = JSON.parse(facts) as Facts;
      return { name, bytes: file.size, contentType, metadata, createdAt: file.mtime.toISOString() };
    });
  }

  async read(name: string, bytesMax?: number): Promise<ByteStream | undefined> {
    if ((await this.find(name)) === undefined) return undefined;
    if (bytesMax === 0) return new Blob([]).stream() as ByteStream;
    const range = bytesMax === undefined ? {} : { end: bytesMax - 1 };
    return openedLazily(() => createReadStream(join(this.#objects, name), range));
  }

  async *list(folder: string): AsyncGenerator<ListedObject> {
    const found = await this.#guarded(() =>
      orAbsent(opendir(join(this.#objects, folder), { recursive: true })),
    );
    for await (const entry of found ?? []) {
      const path = join(entry.parentPath, entry.name);
      const file = entry.isFile() ? await orAbsent(stat(path)) : undefined;
      const name = relative(this.#objects, path).replaceAll("\\", "/");
      if (file !== undefined) yield { name, createdAt: file.mtime.toISOString() };
    }
  }

  async delete(name: string): Promise<void> {
    checkObjectName(name);
    await this.#guarded(async () => {
      await rm(join(this.#objects, name), { force: true });
      await rm(join(this.#facts, `${name}.json`), { force: true });
    });
  }

  async linkTo(name: string, { seconds, fileName }: LinkOptions): Promise<string> {
    checkObjectName(name);
    const until = String(Math.ceil(this.#parts.now().getTime() / 1_000) + seconds);
    const signature = (await this.#sign([name, until, fileName])).toString("base64url");
    const query = new URLSearchParams({ until, as: fileName, signature });
    return `${this.#parts.publicUrl}${filesPath}/${name}?${query}`;
  }

  /** Only through the web, which counts and checks. */
  async uploadLink(): Promise<undefined> {
    return undefined;
  }

  /** The object that a link opens, if it was signed here and is not too old. */
  async openLink(name: string, query: URLSearchParams): Promise<OpenedLink | undefined> {
    const [until = "", fileName = "", signature = ""] = ["until", "as", "signature"].map(
      (each) => query.get(each) ?? "",
    );
    const given = Buffer.from(signature, "base64url");
    const wanted = await this.#sign([name, until, fileName]);
    const isSigned = given.length === wanted.length && timingSafeEqual(given, wanted);
    if (!isSigned || Number(until) * 1_000 < this.#parts.now().getTime()) return undefined;
    const object = await this.find(name);
    return object === undefined ? undefined : { object, fileName };
  }

  async #writeFacts(path: string, facts: Facts): Promise<void> {
    await this.#incoming.withPart(async (part) => {
      await writeFile(part, JSON.stringify(facts), { mode: 0o600 });
      await rename(part, path);
    });
  }

  async #sign(parts: readonly string[]): Promise<Buffer> {
    this.#key ??= await this.#guarded(() => this.#linkKey());
    return createHmac("sha256", this.#key).update(JSON.stringify(parts)).digest();
  }

  async #linkKey(): Promise<Buffer> {
    await mkdir(this.#parts.folder, { recursive: true, mode: 0o700 });
    const made = `${this.#keyPath}.${randomUUID()}`;
    await writeFile(made, randomBytes(32), { mode: 0o600 });
    await linkOnce(made, this.#keyPath);
    await rm(made);
    return readFile(this.#keyPath);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof AppError ? error : storageUnavailable(error);
    }
  }
}

interface Facts {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Gives the file a second name, unless that is taken: of several who try, one does. */
async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  }
}

async function orAbsent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

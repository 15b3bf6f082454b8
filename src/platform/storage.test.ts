import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../test/faults/schedule.ts";
import { type GoogleStorageServer, startGoogleStorage } from "../../test/harness/google-storage.ts";
import { AppError, InvariantError } from "./errors.ts";
import type { ByteStream, ObjectStorage } from "./storage.ts";
import { FolderStorage } from "./storage-folder.ts";
import { GoogleStorage } from "./storage-google.ts";

const folder = mkdtempSync(join(tmpdir(), "banneton-storage-"));
const environment = ["STORAGE_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS"] as const;
const before = environment.map((name) => process.env[name]);
let google: GoogleStorageServer;
let clock = Date.parse("2026-11-28T03:00:00Z");
const now = () => new Date(clock);
const folderStorage = new FolderStorage({ folder, publicUrl: "https://bread.example", now });
const storages: Readonly<Record<string, () => ObjectStorage>> = {
  "a folder": () => folderStorage,
  "a bucket": () => new GoogleStorage("bread", now),
};

// In place of a server of ours, such as Google's own emulators: STORAGE_TEST_EMULATOR=http://…
const given = process.env["STORAGE_TEST_EMULATOR"];

beforeAll(() => {
  google = startGoogleStorage();
  process.env["STORAGE_EMULATOR_HOST"] = given ?? google.url;
  process.env["GOOGLE_APPLICATION_CREDENTIALS"] = serviceAccount();
});
afterAll(() => {
  google.stop();
  for (const [index, name] of environment.entries()) {
    if (before[index] === undefined) delete process.env[name];
    else process.env[name] = before[index];
  }
  rmSync(folder, { recursive: true });
});

function serviceAccount(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const path = join(folder, "account.json");
  const email = "worker@bread.iam.gserviceaccount.com";
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const content = { type: "service_account", client_email: email, private_key: key };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const text = { contentType: "text/plain", bytesMax: 100 };
const bytesOf = (content: string) => new TextEncoder().encode(content);
const textOf = async (stream: ByteStream | undefined) =>
  stream === undefined ? undefined : new Response(stream as unknown as BodyInit).text();
let number = 0;
const newName = () => `test/${process.pid}-${number++}.txt`;

function streamOf(...chunks: Uint8Array[]): ByteStream {
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

for (const [place, open] of Object.entries(storages)) {
  describe(`${place} keeps objects`, () => {
    test("what is put is read again, with its type, size, hash and metadata", async () => {
      const [storage, name] = [open(), newName()];
      const metadata = { purpose: "test" };
      const put = await storage.put(name, bytesOf("Brötchen"), { ...text, metadata });
      const sha256 = createHash("sha256").update("Brötchen").digest("hex");
      expect(put).toEqual({ bytes: 9, sha256, isNew: true });
      expect(await storage.find(name)).toMatchObject({
        name,
        bytes: 9,
        contentType: "text/plain",
        metadata,
      });
      expect(await textOf(await storage.read(name))).toBe("Brötchen");
      expect(await textOf(await storage.read(name, 2))).toBe("Br");
      expect(await textOf(await storage.read(name, 0))).toBe("");
    });

    test("what is absent is undefined, and deleting it is no error", async () => {
      const [storage, name] = [open(), newName()];
      expect(await storage.find(name)).toBeUndefined();
      expect(await storage.read(name)).toBeUndefined();
      await storage.delete(name);
      await storage.put(name, bytesOf("a"), text);
      await storage.delete(name);
      expect(await storage.find(name)).toBeUndefined();
    });

    test("a folder of names lists all that is in it, and nothing beside it", async () => {
      const storage = open();
      const folder = `list-${process.pid}`;
      const names = ["a", "b/c", "d", "e"].map((each) => `${folder}/${each}`);
      for (const name of [...names, `${folder}-not/f`]) await storage.put(name, bytesOf("x"), text);
      const listed = await Array.fromAsync(storage.list(folder));
      expect(listed.map(({ name }) => name).sort()).toEqual(names);
      expect(
        listed.every(({ createdAt }) => Math.abs(Date.parse(createdAt) - Date.now()) < 60_000),
      ).toBe(true);
      expect(await Array.fromAsync(storage.list("nothing-there"))).toEqual([]);
    });

    test("of several who put what must not be there yet, one does", async () => {
      const [storage, name] = [open(), newName()];
      const puts = ["a", "b", "c", "d", "e"].map((each) =>
        storage.put(name, bytesOf(each), { ...text, ifAbsent: true }),
      );
      const done = await Promise.all(puts);
      expect(done.filter(({ isNew }) => isNew)).toHaveLength(1);
      const winner = "abcde"[done.findIndex(({ isNew }) => isNew)];
      expect(await textOf(await storage.read(name))).toBe(winner);
    });

    test("a second put without that replaces the whole object", async () => {
      const [storage, name] = [open(), newName()];
      await storage.put(name, bytesOf("the first and longer one"), text);
      await storage.put(name, bytesOf("second"), text);
      expect(await textOf(await storage.read(name))).toBe("second");
    });

    test("a stream that is too long or breaks off leaves nothing", async () => {
      const [storage, name] = [open(), newName()];
      const long = streamOf(bytesOf("x".repeat(60)), bytesOf("x".repeat(60)));
      const tooLong = await storage.put(name, long, text).catch((error: unknown) => error);
      expect(tooLong).toBeInstanceOf(AppError);
      expect(tooLong).toHaveProperty("code", "storage.too_large");
      const broken = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytesOf("half"));
          controller.error(new Error("the client is gone"));
        },
      });
      await expect(storage.put(name, broken, text)).rejects.toThrow();
      expect(await storage.find(name)).toBeUndefined();
    });

    test("names that are not ours break an invariant", async () => {
      const odd = ["../x", "a/../../b", "/etc/passwd", "A/b", "a", "a//b", "a/b\0", "a/.b", "a/b/"];
      for (const name of odd) {
        await expect(open().put(name, bytesOf("x"), text)).rejects.toBeInstanceOf(InvariantError);
        await expect(open().find(name)).rejects.toBeInstanceOf(InvariantError);
      }
    });
  });
}

describe("a folder", () => {
  test("keeps nothing of what was not finished", () => {
    expect(readdirSync(join(folder, "incoming"))).toEqual([]);
  });

  test("loses the old parts that a killed process has left, and none that is written", async () => {
    const place = join(folder, "killed");
    const incoming = join(place, "incoming");
    mkdirSync(incoming, { recursive: true });
    for (const name of ["old", "young"]) writeFileSync(join(incoming, name), "half");
    const storedAt = (name: string, ms: number) =>
      utimesSync(join(incoming, name), new Date(ms), new Date(ms));
    let at = Date.now();
    storedAt("old", at - 86_460_000);
    storedAt("young", at - 86_340_000);
    const storage = new FolderStorage({ folder: place, publicUrl: "", now: () => new Date(at) });
    const gate = Promise.withResolvers<void>();
    async function* slowly() {
      yield bytesOf("slow");
      await gate.promise;
      yield bytesOf("ly");
    }
    const name = newName();
    const putting = storage.put(name, slowly(), text);
    await until("it is written", () => readdirSync(incoming).length === 2);
    expect(readdirSync(incoming)).toContain("young");

    at += 2 * 86_400_000;
    await storage.put(newName(), bytesOf("whole"), text);
    expect(readdirSync(incoming)).toHaveLength(1);
    gate.resolve();
    await putting;
    expect(await textOf(await storage.read(name))).toBe("slowly");
    expect(readdirSync(incoming)).toEqual([]);
  });

  test("opens its own links until they are too old, and none that was changed", async () => {
    const name = newName();
    await folderStorage.put(name, bytesOf("secret"), text);
    const link = new URL(await folderStorage.linkTo(name, { seconds: 60, fileName: "Bröt.txt" }));
    expect(link.href).toStartWith(`https://bread.example/files/${name}?`);
    const { searchParams: query } = link;
    expect(await folderStorage.openLink(name, query)).toMatchObject({
      fileName: "Bröt.txt",
      object: { name, bytes: 6 },
    });
    for (const [field, value] of [
      ["until", "9999999999"],
      ["as", "x.html"],
      ["signature", ""],
    ]) {
      const changed = new URLSearchParams(query);
      changed.set(field ?? "", value ?? "");
      expect(await folderStorage.openLink(name, changed)).toBeUndefined();
    }
    expect(await folderStorage.openLink(newName(), query)).toBeUndefined();
    const other = new FolderStorage({ folder, publicUrl: "https://bread.example", now });
    expect(await other.openLink(name, query)).toBeDefined();
    clock += 61_000;
    expect(await folderStorage.openLink(name, query)).toBeUndefined();
  });
});

describe("a bucket", () => {
  test("signs links that name the file to save, and end", async () => {
    const storage = new GoogleStorage("bread", () => new Date());
    const link = await storage.linkTo("test/a.txt", { seconds: 60, fileName: 'a"b.txt' });
    const query = new URL(link).searchParams;
    expect(query.get("X-Goog-Algorithm")).toBe("GOOG4-RSA-SHA256");
    expect(Number(query.get("X-Goog-Expires"))).toBeWithin(58, 61);
    expect(query.get("response-content-disposition")).toStartWith('attachment; filename="a_b.txt"');
    expect(query.get("X-Goog-Signature")).toMatch(/^[0-9a-f]{512}$/);
  });

  test("gives a client a session to send the bytes to, once", async () => {
    const [storage, name] = [new GoogleStorage("bread", now), newName()];
    const options = { contentType: "text/plain", bytes: 5, metadata: { upload: "1" } };
    const link = await storage.uploadLink(name, options);
    const sent = await fetch(link, { method: "PUT", body: "bread" });
    expect(sent.status).toBe(200);
    const found = await storage.find(name);
    expect(found).toMatchObject({ bytes: 5, contentType: "text/plain", metadata: { upload: "1" } });
  });

  test.skipIf(given !== undefined)("sends a part again that did not arrive", async () => {
    const [storage, name] = [new GoogleStorage("bread", now), newName()];
    google.faults.cutAfter = 1_000_000;
    const bytes = new Uint8Array(6_000_000).fill(7);
    const put = await storage.put(name, streamOf(bytes), { ...text, bytesMax: 10_000_000 });
    expect(put).toMatchObject({ bytes: 6_000_000, isNew: true });
    const stored = google.objects.get(name)?.bytes ?? new Uint8Array();
    expect(createHash("sha256").update(stored).digest("hex")).toBe(put.sha256);
  });

  test("that cannot be reached is unavailable, not broken", async () => {
    const storage = new GoogleStorage("bread", now);
    google.faults.status = 403;
    if (given === undefined) {
      await expect(storage.find(newName())).rejects.toMatchObject({ code: "storage.unavailable" });
    }
  });
});

test("a file that breaks off while it is read is the storage's fault", async () => {
  const name = newName();
  await folderStorage.put(name, bytesOf("bread"), text);
  const path = join(folder, "objects", name);
  rmSync(path);
  mkdirSync(path);
  const reading = textOf(await folderStorage.read(name));
  await expect(reading).rejects.toMatchObject({ code: "storage.unavailable" });
});

test("a folder that is away is no reason to sign no links once it is there", async () => {
  const later = join(folder, "later");
  writeFileSync(later, "");
  const storage = new FolderStorage({ folder: later, publicUrl: "https://bread.example", now });
  const link = () => storage.linkTo("test/loaf.csv", { seconds: 60, fileName: "loaf.csv" });
  await expect(link()).rejects.toMatchObject({ code: "storage.unavailable" });
  rmSync(later);
  expect(await link()).toStartWith("https://bread.example/files/test/loaf.csv?");
});

import { createHash } from "node:crypto";
import { authorise } from "#modules/access/index.ts";
import { eventMessage, type ReceivedEvent } from "#platform/cloud-events.ts";
import type { Ctx } from "#platform/context.ts";
import { auditStorageOf, type ObjectStorage } from "#platform/storage.ts";
import * as errors from "../errors.ts";
import type { AuditEntry } from "../model.ts";
import * as copies from "../queries/copies.ts";
import { findEntry } from "../queries/entries.ts";
import { eventOf, lineOf, objectOf, problemsOf } from "../rules/copy.ts";

const lineBytesMax = 1_048_576;
const sendTimeoutMs = 15_000;

/**
 * Keeps a copy of the entry that a CloudEvent holds: a line in the storage, then a row that says where.
 * The same event again changes nothing. Throws `audit.event_unknown` and `audit.event_wrong` (422) for
 * what is no entry, `audit.entry_not_found` (404) for one that the books do not have, and
 * `audit.copy_differs` (409) if the event, or a copy that is there, says something else than the books.
 */
export async function keepEvent(ctx: Ctx, event: ReceivedEvent): Promise<void> {
  authorise(ctx, "audit.read", null);
  const problems = problemsOf(event);
  if (problems === undefined) throw errors.eventUnknown();
  if (problems.length > 0) throw errors.eventWrong(problems);
  const entry = await findEntry(ctx.app.db, event.id);
  if (entry === undefined) throw errors.entryNotFound();
  if (lineOf(event.data as AuditEntry) !== lineOf(entry)) throw errors.copyDiffers();
  await keep(ctx, entry);
}

/**
 * Sends an entry to the function that keeps copies; where there is none, keeps one itself; without a
 * place for files does nothing.
 */
export async function sendEntry(ctx: Ctx, entryId: string): Promise<void> {
  authorise(ctx, "audit.read", null);
  const { functions, auditStorage, db, config } = ctx.app;
  const entry = await findEntry(db, entryId);
  if (entry === undefined) throw errors.entryNotFound();
  if (await copies.hasCopy(db, entryId)) return;
  if (functions.has("auditEvent")) {
    const message = eventMessage(eventOf(entry, config.publicUrl));
    await functions.call(ctx, "auditEvent", { ...message, timeoutMs: sendTimeoutMs });
  } else if (auditStorage !== undefined) {
    await keep(ctx, entry);
  }
}

// The object first: a row says that it is there. Whoever dies between the two leaves an object that the
// next try finds, and finds the same.
async function keep({ app }: Ctx, entry: AuditEntry): Promise<void> {
  const storage = auditStorageOf(app);
  const [object, line] = [objectOf(entry), new TextEncoder().encode(lineOf(entry))];
  const { sha256, bytes, isNew } = await storage.put(object, line, {
    contentType: "application/json",
    bytesMax: lineBytesMax,
    ifAbsent: true,
  });
  if (!isNew && (await hashOf(storage, object)) !== sha256) throw errors.copyDiffers();
  await app.db.withTransaction((tx) =>
    copies.insertCopy(tx, { entryId: entry.id, object, bytes, sha256 }),
  );
}

async function hashOf(storage: ObjectStorage, object: string): Promise<string | undefined> {
  const stream = await storage.read(object);
  if (stream === undefined) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of stream as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest("hex");
}

/** What a look at all copies found. */
export interface CopyProof extends copies.CopyCounts {
  /** The first copy that is not what the books say, by its entry's id and what is wrong. */
  readonly broken: { readonly entryId: string; readonly problem: string } | null;
}

const copiesAPage = 500;
const beforeAll = "00000000-0000-0000-0000-000000000000";

/** How many entries have copies; with `isRead` each copy is read and compared with its entry. */
export async function checkCopies(
  ctx: Ctx,
  { isRead }: { readonly isRead: boolean },
): Promise<CopyProof> {
  authorise(ctx, "audit.read", null);
  const db = ctx.app.db.reports;
  const counts = await copies.countCopies(db);
  if (!isRead) return { ...counts, broken: null };
  const storage = auditStorageOf(ctx.app);
  for (let after = beforeAll; ; ) {
    const page = await copies.listCopies(db, after, copiesAPage);
    for (const { entryId, object, sha256 } of page) {
      const entry = await findEntry(ctx.app.db, entryId);
      const line = entry === undefined ? "" : lineOf(entry);
      const wanted = createHash("sha256").update(line).digest("hex");
      const found = await hashOf(storage, object);
      const problem = problemOf({ wanted, noted: sha256, found });
      if (problem !== undefined) return { ...counts, broken: { entryId, problem } };
    }
    after = page.at(-1)?.entryId ?? after;
    if (page.length < copiesAPage) return { ...counts, broken: null };
  }
}

function problemOf(hashes: {
  readonly wanted: string;
  readonly noted: string;
  readonly found: string | undefined;
}): string | undefined {
  if (hashes.found === undefined) return "has lost its object";
  if (hashes.noted !== hashes.wanted) return "was made of another entry";
  return hashes.found === hashes.wanted ? undefined : "was changed where it lies";
}

/** Sends every entry that has no copy, oldest first; how many it sent. */
export async function sendMissing(ctx: Ctx, progress: (sent: number) => void): Promise<number> {
  authorise(ctx, "audit.read", null);
  let sent = 0;
  for (let after = "0"; ; ) {
    const page = await copies.listMissing(ctx.app.db.reports, after, copiesAPage);
    for (const { id } of page) {
      await sendEntry(ctx, id);
      progress(++sent);
    }
    after = page.at(-1)?.seq ?? after;
    if (page.length < copiesAPage) return sent;
  }
}

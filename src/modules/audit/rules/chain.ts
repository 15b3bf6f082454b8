import { createHash } from "node:crypto";

/** What the first seal names as the hash before it. */
export const genesis = "0".repeat(64);

/** An entry as it is sealed: every column, `before` and `after` as the JSON text that is stored. */
export interface SealedEntry {
  readonly seq: string;
  readonly id: string;
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly siteId: string | null;
  readonly actorKind: string;
  readonly actorId: string;
  readonly credentialId: string | null;
  readonly network: string | null;
  readonly traceId: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly recordedAt: string;
}

/** The canonical form of an entry: one JSON array, its columns in this order. */
export function lineOf(entry: SealedEntry): string {
  return JSON.stringify([
    entry.seq,
    entry.id,
    entry.action,
    entry.subjectKind,
    entry.subjectId,
    entry.siteId,
    entry.actorKind,
    entry.actorId,
    entry.credentialId,
    entry.network,
    entry.traceId,
    entry.before,
    entry.after,
    entry.recordedAt,
  ]);
}

/**
 * The hash of a seal: SHA-256, in hex, over the hash before and the line of each entry in order of
 * seq, each ended by a line feed.
 */
export class SealHash {
  readonly #hash = createHash("sha256");
  count = 0;

  constructor(previous: string) {
    this.#hash.update(`${previous}\n`);
  }

  add(entry: SealedEntry): void {
    this.#hash.update(`${lineOf(entry)}\n`);
    this.count += 1;
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}

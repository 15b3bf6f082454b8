import { createHash } from "node:crypto";

/** One step of the schema's linear history: forward only, never edited once applied. */
export interface Migration {
  /** Timestamp and name, which is also the order: `20261121043006_stock`. */
  readonly name: string;
  /** SHA-256 of `sql` in hex. */
  readonly checksum: string;
  readonly sql: string;
}

export function checksumOf(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}

import { createHash } from "node:crypto";

/** What every API key begins with, so that a leaked one is found by scanners. */
export const keyMark = "bnt_key_";

/** SHA-256 in hex: enough for a secret of 256 random bits. */
export function hashOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

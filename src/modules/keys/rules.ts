import { createHash, randomBytes } from "node:crypto";

/** What every API key begins with, so that a leaked one is found by scanners. */
export const keyMark = "bnt_key_";

const secretBytes = 32;
const shownLetters = 6;

/** A new key: the mark and 43 characters of 256 random bits. */
export function newKey(): string {
  return `${keyMark}${randomBytes(secretBytes).toString("base64url")}`;
}

/** As much of a key as lists show. */
export function prefixOf(key: string): string {
  return key.slice(0, keyMark.length + shownLetters);
}

/** SHA-256 in hex: enough for a secret of 256 random bits. */
export function hashOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

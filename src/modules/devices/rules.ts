import { createHash, createHmac, randomBytes, randomInt } from "node:crypto";
import { type Permission, type Role, roleNames, roles } from "#modules/access/index.ts";
import type { Secret } from "#platform/config.ts";

/** What a role may do at a till, if it may do it at all: the work of the counter and the bench. */
export const tillPermissions: readonly Permission[] = [
  "settings.read",
  "sites.read",
  "catalog.read",
  "stock.read",
  "stock.waste",
  "stock.count",
  "recipes.read",
  "production.read",
  "production.record",
  "sales.read",
  "sales.ring_up",
  "sales.void",
  "sales.refund",
];

const atTill = new Map(
  roleNames.map((role): [Role, ReadonlySet<string>] => [
    role,
    new Set<string>(tillPermissions.filter((name) => roles[role].includes(name))),
  ]),
);
const nothing: ReadonlySet<string> = new Set();

/** What a role may do at a till. */
export function permissionsAtTill(role: Role): ReadonlySet<string> {
  return atTill.get(role) ?? nothing;
}

/** What every till's key begins with, so that a leaked one is found by scanners. */
export const keyMark = "bnt_till_";

const secretBytes = 32;

export function newKey(): string {
  return `${keyMark}${randomBytes(secretBytes).toString("base64url")}`;
}

/** SHA-256 in hex: enough for a secret of 256 random bits. */
export function hashOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

// No 0 and O, no 1, I and L, no U: what is read aloud or from a screen is typed right.
const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const codeLength = 8;

/** A new pairing code, as people read it: XXXX-XXXX. */
export function newCode(): string {
  const code = Array.from({ length: codeLength }, () => letters[randomInt(letters.length)]).join(
    "",
  );
  return `${code.slice(0, codeLength / 2)}-${code.slice(codeLength / 2)}`;
}

/** What is kept of a code: without the secret its few letters could be tried out. */
export function hashOfCode(secret: Secret, code: string): string {
  const bare = code.toUpperCase().replaceAll(/[\s-]/g, "");
  return keyed(secret, `pairing ${bare}`);
}

/** What the slow hash of a PIN is made of: worthless without the secret. */
export function pepperedPin(secret: Secret, pin: string): string {
  return keyed(secret, `pin ${pin}`);
}

function keyed(secret: Secret, text: string): string {
  return createHmac("sha256", secret.reveal()).update(text).digest("hex");
}

/** Runs up or down (1234, 8901, 4321) and repetitions (0000, 1212). */
export function isWeakPin(pin: string): boolean {
  if (/^(\d+)\1+$/.test(pin)) return true;
  const digits = [...pin].map(Number);
  const isRun = (step: number) =>
    digits.every((digit, index) => digit === ((digits[0] ?? 0) + index * step + 100) % 10);
  return isRun(1) || isRun(-1);
}

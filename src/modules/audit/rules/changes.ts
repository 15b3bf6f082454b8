import { invariant } from "#platform/errors.ts";

/**
 * All that `before` and `after` may name: what is no person's. A field is added here after a look at
 * what it holds; one that a person's name, address or secret could stand in never is.
 */
export const auditedFields = [
  ...["itemId", "lotId", "lotCount", "lineId", "holdId", "refundId", "reversalId", "correctionId"],
  ...["siteId", "siteIds", "tillId", "pairingId", "personId", "approverId", "subjectId"],
  ...["price", "cost", "total", "rate", "labourRate", "cashStep", "currency", "locale"],
  ...["quantity", "difference", "differences", "lines", "taxCode", "pricesIncludeTax"],
  ...["role", "memberships", "scopes", "permission", "by"],
  ...["expiresAt", "reversedAt", "validFrom", "closedThrough", "zone", "cutover", "version"],
  ...["format", "report", "contentHash", "days", "counts", "addresses", "failures", "invitations"],
  ...["sessions", "sessionsEnded", "verifications", "purpose", "refusal"],
] as const;

export type AuditedField = (typeof auditedFields)[number];

/** What changed, by field: ids, decimals, instants and words of the code; lists and groups of them. */
export type Changes = { readonly [Field in AuditedField]?: unknown };

const known: ReadonlySet<string> = new Set(auditedFields);

// No space and no @: what people write, and addresses, do not pass. Nor does a secret of ours.
const codeForm = /^(?!bnt_)[A-Za-z0-9_.:+/-]{1,64}$/;

/** True for ids, decimals, instants and words of the code. */
export function isCode(text: string): boolean {
  return codeForm.test(text);
}

/** Refuses, as a bug, what could be a person's data or a secret. The message never repeats a value. */
export function checkChanges(changes: unknown): void {
  if (changes === undefined) return;
  invariant(isGroup(changes), "what a deed changed is said by field");
  checkGroup(changes);
}

function checkGroup(group: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(group)) {
    invariant(known.has(field), `the audit knows the field ${field}`);
    checkValue(field, value);
  }
}

function checkValue(field: string, value: unknown): void {
  if (value === undefined || value === null || typeof value === "boolean") return;
  if (typeof value === "number") {
    invariant(Number.isFinite(value), `${field} in the audit is a number`);
  } else if (typeof value === "string") {
    invariant(isCode(value), `${field} in the audit is no text of a person's`);
  } else if (Array.isArray(value)) {
    for (const each of value) checkValue(field, each);
  } else {
    invariant(isGroup(value), `${field} in the audit is plain`);
    checkGroup(value);
  }
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

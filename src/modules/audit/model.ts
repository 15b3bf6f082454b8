import {
  Id,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Type,
  Word,
} from "#platform/schema.ts";

const word = (description: string, example: string) =>
  Type.String({ description, examples: [example] });
const seq = (description: string, example: string) =>
  Type.String({ pattern: "^\\d+$", description, examples: [example] });
const changed = (description: string, example: object) =>
  Type.Unknown({ description: `${description}; null if nothing`, examples: [example] });

export const AuditEntry = Strict(
  {
    seq: seq("Its place in the order of recording; numbers may be missing", "1042"),
    id: Id(),
    action: word("What was done", "item.price_changed"),
    subjectKind: word("To what kind of record", "item"),
    subjectId: word("To which record", "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e"),
    siteId: Nullable(Id("At which site; null: for the whole company")),
    actorKind: Word(["person", "key", "till", "guest", "system"], "Who did it"),
    actorId: word("The id of the person, key or till", "0199a0c2-0000-7000-8000-000000000001"),
    credentialId: Nullable(Id("The session, key or device that was shown")),
    network: Nullable(
      word("Where the request came from: 24 bits of IPv4, 48 of IPv6", "203.0.113.0/24"),
    ),
    traceId: word(
      "The trace of the request, as the log has it",
      "0199a0c26a3e7c519d0e2f1b6a7c8d9e",
    ),
    before: changed("What it was", { price: "3.20" }),
    after: changed("What it became", { price: "3.50" }),
    recordedAt: InstantOut("When it was recorded, by the database's clock"),
  },
  { description: "Who did what to which record. Holds ids, never a name or a secret" },
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPage = PageOf(AuditEntry, "Entries, newest first");
export type AuditPage = Static<typeof AuditPage>;

const hash = (description: string) =>
  Type.String({
    pattern: "^[0-9a-f]{64}$",
    description,
    examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  });

const AuditSeal = Strict(
  {
    number: Type.Integer({ minimum: 1, description: "Its place in the chain, without gaps" }),
    fromSeq: seq("The first seq it covers", "1001"),
    toSeq: seq("The last seq it covers", "1042"),
    count: Type.Integer({ minimum: 1, description: "Entries in that range" }),
    hash: hash("SHA-256 over the hash before and each entry"),
    previous: hash("The hash of the seal before; zeros for the first"),
    sealedAt: InstantOut("When it was sealed; not part of the hash"),
  },
  { description: "A sealed range of entries, linked to the one before" },
);
export type AuditSeal = Static<typeof AuditSeal>;

export const SealPage = PageOf(AuditSeal, "Seals, newest first");
export type SealPage = Static<typeof SealPage>;

import { Guarded, InstantOut, Nullable, type Static, Strict, Type } from "#platform/schema.ts";

const rows = (of: string) => Type.Integer({ minimum: 0, description: `${of} checked` });

const Certificate = Strict(
  {
    hash: Type.String({
      pattern: "^[0-9a-f]{64}$",
      description:
        "SHA-256 over sorted balances, the last movement of each, row counts and the heads of chains",
      examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    }),
    balances: rows("Balances"),
    layers: rows("Layers"),
    movements: rows("Movements"),
    allocations: rows("Allocations"),
    shortfalls: rows("Shortfalls"),
    layerHolds: rows("Changes of layers to held or free"),
    costAdjustments: rows("Late prices of what had left its layer"),
    auditSeals: rows("Seals of the audit, which is the company's: 0 for one site"),
    auditEntries: rows("Entries of the audit under those seals"),
  },
  { description: "What was proved" },
);
export type Certificate = Static<typeof Certificate>;

const BrokenRow = Strict(
  {
    table: Type.String({ description: "Where it is", examples: ["stock.layers"] }),
    id: Type.String({ description: "Which row; parts of a key are joined by /" }),
    problem: Type.String({ description: "What is wrong with it" }),
    expected: Guarded("costs.read", Nullable(Type.String({ description: "What it should say" }))),
    actual: Guarded("costs.read", Nullable(Type.String({ description: "What it says" }))),
  },
  { description: "The first row that breaks a rule" },
);
export type BrokenRow = Static<typeof BrokenRow>;

export const Verification = Strict(
  {
    isSound: Type.Boolean({ description: "Every rule holds" }),
    checkedAt: InstantOut("When it was checked"),
    certificate: Nullable(Certificate),
    broken: Nullable(BrokenRow),
  },
  { description: "The books recomputed: the certificate, or the first broken row" },
);
export type Verification = Static<typeof Verification>;

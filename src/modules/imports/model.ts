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

const example = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

const siteId = Id("The site that gets the stock and the history");
const format = Word(["bakery-data"], "What wrote the file: `bakery_data.json`, in either schema");

export const NewImport = Strict(
  {
    siteId,
    format,
    dryRun: Type.Optional(
      Type.Boolean({ description: "Only report what would happen; nothing is written" }),
    ),
    content: Type.Object(
      {},
      { additionalProperties: true, description: "The file's JSON, as it is" },
    ),
  },
  {
    description: "A file of another system to bring in",
    examples: [
      {
        siteId: example,
        format: "bakery-data",
        dryRun: true,
        content: {
          materials: {
            Flour: {
              unit: "kg",
              min_quantity: 10,
              batches: [{ quantity: 50, cost_per_unit: 2, purchase_date: "2026-01-01" }],
            },
          },
        },
      },
    ],
  },
);
export type NewImport = Static<typeof NewImport>;

export const importKinds = ["item", "lot", "recipe", "sale"] as const;
export type ImportKind = (typeof importKinds)[number];

const pointer = Type.String({
  description: "JSON pointer into the file; very long names are shortened",
  examples: ["/sales/0/quantity"],
});

const Finding = Strict({
  pointer,
  code: Type.String({ description: "What kind", examples: ["imports.negative"] }),
  message: Type.String({ description: "For a person: what is wrong and what was left out" }),
});
export type Finding = Static<typeof Finding>;

const ImportedRecord = Strict({
  pointer,
  kind: Word(importKinds, "What it became"),
  name: Type.String({ description: "What it is called" }),
  outcome: Word(
    ["created", "matched", "unchanged"],
    "New, taken for a record of that name, or known from an import before",
  ),
  id: Nullable(Id("The record; null in a dry run if it does not exist yet")),
});
export type ImportedRecord = Static<typeof ImportedRecord>;

const whole = (description: string) => Type.Integer({ minimum: 0, description, examples: [3] });

const Tally = Strict({
  created: whole("New here (in a dry run: would be new)"),
  matched: whole("Taken for a record that has its name"),
  unchanged: whole("Known from an import before, left as it is here"),
  skipped: whole("Left out: a problem says why"),
});
export type Tally = Static<typeof Tally>;

/** Lists of a report end here; the tallies and totals count everything. */
export const listedMax = 5_000;

const tallies = { items: Tally, lots: Tally, recipes: Tally, sales: Tally };

export const ImportReport = Strict(
  {
    ...tallies,
    records: Type.Array(ImportedRecord, {
      description: `What each line became, sales aside; the first ${listedMax}`,
    }),
    problems: Type.Array(Finding, {
      description: `What could not be taken as it is; the first ${listedMax}`,
    }),
    problemCount: whole("All problems"),
    notices: Type.Array(Finding, {
      description: `What was taken, but should be known; the first ${listedMax}`,
    }),
    noticeCount: whole("All notices"),
  },
  { description: "Line by line: what came of the file" },
);
export type ImportReport = Static<typeof ImportReport>;

export const Import = Strict(
  {
    id: Nullable(Id("The import; null in a dry run, which is not kept")),
    siteId,
    format,
    dryRun: Type.Boolean({ description: "Nothing was written" }),
    contentHash: Type.String({
      pattern: "^[0-9a-f]{64}$",
      description: "SHA-256 of the content: the same file, the same hash",
      examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    }),
    recordedAt: Nullable(InstantOut("When it was written to the books; null in a dry run")),
    report: ImportReport,
  },
  { description: "A file that was brought in, or would be" },
);
export type Import = Static<typeof Import>;

const ImportSummary = Strict(
  {
    id: Id("The import"),
    siteId,
    format,
    contentHash: Type.String({ description: "SHA-256 of the content" }),
    recordedAt: InstantOut("When it was written to the books"),
    ...tallies,
    problemCount: whole("All problems"),
    noticeCount: whole("All notices"),
  },
  { description: "An import without its lines" },
);
export type ImportSummary = Static<typeof ImportSummary>;

export const ImportPage = PageOf(ImportSummary, "Imports, newest first");
export type ImportPage = Static<typeof ImportPage>;

import {
  DateOnly,
  Id,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Type,
  Word,
} from "#platform/schema.ts";

export const reportNames = [
  "sales-days",
  "sales-items",
  "sales-hours",
  "best-sellers",
  "average-days",
  "average-items",
  "waste",
  "materials",
  "production",
  "payments",
  "sell-outs",
  "valuation",
] as const;
export type ReportName = (typeof reportNames)[number];

const formats = ["csv", "xlsx", "html"] as const;
export type ExportFormat = (typeof formats)[number];

const Format = Word(formats, "CSV, an Excel workbook, or a page to print");
const filters = {
  siteId: Type.Optional(Id("Only of this site")),
  itemId: Type.Optional(Id("Only of this item; for reports by item")),
  from: Type.Optional(DateOnly("From this business date on")),
  to: Type.Optional(DateOnly("Up to this business date")),
  by: Type.Optional(Word(["revenue", "quantity"], "What the best is best at; for best-sellers")),
  on: Type.Optional(DateOnly("The last of the days to average; for average-items")),
};

export const NewExport = Strict(
  { format: Format, ...filters },
  { description: "What to export, with the filters of the report's list" },
);
export type NewExport = Static<typeof NewExport>;

export const ExportFilters = Strict(filters);
export type ExportFilters = Static<typeof ExportFilters>;

const states = ["waiting", "running", "done", "failed", "expired"] as const;
const sha256 = Type.String({
  pattern: "^[0-9a-f]{64}$",
  description: "SHA-256 of the file, in hex",
  examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
});

export const ReportExport = Strict(
  {
    id: Id(),
    report: Word(reportNames, "The report"),
    format: Format,
    filters: ExportFilters,
    status: Word(states, "Only what is done has a link; after a week it is expired"),
    rows: Type.Integer({ minimum: 0, description: "Rows written so far", examples: [1200] }),
    errorCode: Nullable(
      Type.String({ description: "Why it failed", examples: ["reports.export_too_large"] }),
    ),
    fileName: Type.String({ examples: ["banneton-sales-days-2026-06-01-2026-06-30.csv"] }),
    bytes: Nullable(Type.Integer({ minimum: 0, description: "Of the file" })),
    sha256: Nullable(sha256),
    createdAt: InstantOut("When it was asked for"),
    finishedAt: Nullable(InstantOut("When the file was ready")),
    expiresAt: InstantOut("When the file is deleted"),
    link: Nullable(
      Type.String({
        description: "Reads the file without a key, for a quarter of an hour; new each time",
      }),
    ),
    linkExpiresAt: Nullable(InstantOut("Until when the link works")),
  },
  { description: "A report as a file: first asked for, then written, then there to be fetched" },
);
export type ReportExport = Static<typeof ReportExport>;

export const ReportExportPage = PageOf(ReportExport, "One's own exports, newest first");
export type ReportExportPage = Static<typeof ReportExportPage>;

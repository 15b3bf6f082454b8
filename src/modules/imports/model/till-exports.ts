import {
  DateOnly,
  DecimalOut,
  Id,
  InstantOut,
  Nullable,
  PageOf,
  QuantityOut,
  type Static,
  Strict,
  Text,
  Type,
  Word,
} from "#platform/schema.ts";
import { TillMapping } from "./till-mapping.ts";

const example = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";
const whole = (description: string) => Type.Integer({ minimum: 0, description, examples: [3] });

export const NewTillExport = Strict(
  {
    id: Type.Optional(Id("The import's id and idempotency key, made by the client")),
    siteId: Id("Where it was sold"),
    fileName: Type.Optional(Text(200, "What the file is called", "sales.csv")),
    mapping: Type.Optional(TillMapping),
    dryRun: Type.Optional(
      Type.Boolean({ description: "Only report what would happen; the books stay as they are" }),
    ),
  },
  {
    description:
      "Announces a till's export; its content is sent next. Without a mapping it is guessed",
    examples: [{ id: example, siteId: example, fileName: "sales.csv", dryRun: true }],
  },
);
export type NewTillExport = Static<typeof NewTillExport>;

export const tillExportStates = [
  "waiting",
  "reading",
  "recording",
  "done",
  "interrupted",
  "failed",
] as const;

export const TillExport = Strict(
  {
    id: Id("The import"),
    siteId: Id("Where it was sold"),
    fileName: Nullable(Type.String({ description: "What the file is called" })),
    dryRun: Type.Boolean({ description: "The books stay as they are" }),
    mapping: Nullable(TillMapping),
    state: Word(
      tillExportStates,
      "An interrupted import goes on when its content is sent again; a failed one does not",
    ),
    rowsRead: whole("Rows read so far, the header included"),
    bytesRead: whole("Bytes read so far"),
    bytesTotal: Nullable(whole("Bytes of the file, if the client said")),
    contentHash: Nullable(Type.String({ description: "SHA-256 of the file, once it is read" })),
    problemCount: whole("Flags on what was left out"),
    noticeCount: whole("Flags on what was taken but should be known"),
    linesTaken: whole("Lines that say something, returns included"),
    linesRecorded: whole("Of these, in the books by now (in a dry run: looked at)"),
    ticketsCreated: whole("Tickets new here (in a dry run: would be)"),
    ticketsUnchanged: whole("Tickets known from an import before"),
    ticketsChanged: whole("Tickets known with other content: flagged, the old stays"),
    returnsCreated: whole("Return lines new here (in a dry run: would be)"),
    returnsUnchanged: whole("Return lines known from an import before"),
    returnsMatched: whole("New return lines that refer to a sale; 0 in a dry run"),
    failure: Nullable(
      Strict({
        code: Type.String({ description: "Stable word for programs" }),
        message: Type.String({ description: "Why it failed, for people" }),
      }),
    ),
    startedAt: InstantOut("When it was announced"),
    updatedAt: InstantOut("When it last moved"),
    finishedAt: Nullable(InstantOut("When it was done")),
  },
  { description: "A till's export and how far it is" },
);
export type TillExport = Static<typeof TillExport>;

export const TillExportPage = PageOf(TillExport, "Till exports, newest first");
export type TillExportPage = Static<typeof TillExportPage>;

const TillFlag = Strict({
  row: whole("The row in the file, from 1, the header included; 0 is the file itself"),
  column: Nullable(Type.String({ description: "The column, where one is to blame" })),
  severity: Word(["problem", "notice"], "Left out, or taken but to be known"),
  code: Type.String({ description: "What kind", examples: ["imports.placeholder"] }),
  message: Type.String({ description: "For a person" }),
});
export type TillFlag = Static<typeof TillFlag>;

export const TillFlagPage = PageOf(TillFlag, "Every flagged line, in the order of the file");
export type TillFlagPage = Static<typeof TillFlagPage>;

const Money = DecimalOut("In the company's currency", "3.50");

const TillDay = Strict({
  businessDate: DateOnly("The trading day"),
  tickets: whole("Tickets with something sold"),
  lines: whole("Lines sold"),
  quantity: QuantityOut,
  total: Money,
  returnLines: whole("Lines given back"),
  returnedQuantity: QuantityOut,
  returnedTotal: Money,
});
export type TillDay = Static<typeof TillDay>;

export const TillDayPage = PageOf(TillDay, "What the file says of each business date");
export type TillDayPage = Static<typeof TillDayPage>;

const TillArticle = Strict({
  position: whole("In the order of the file"),
  spelling: Type.String({ description: "As the till writes it" }),
  itemId: Nullable(Id("The item it was taken for; null in a dry run if it does not exist yet")),
  outcome: Word(
    ["created", "matched", "alias"],
    "A new item, the item of that name, or what an alias says",
  ),
  lines: whole("Lines with this spelling"),
  sameAs: Type.Array(Type.String(), {
    description: "Other spellings that were taken for the same article",
  }),
  similar: Type.Array(Type.String(), {
    description:
      "Spellings that may mean the same, but were kept apart: merge them with an import alias",
  }),
});
export type TillArticle = Static<typeof TillArticle>;

export const TillArticlePage = PageOf(TillArticle, "Each spelling of an article in the file");
export type TillArticlePage = Static<typeof TillArticlePage>;

const Reason = Strict({
  field: Type.String({ description: "Of the mapping", examples: ["dateOrder"] }),
  confidence: Word(["certain", "likely", "unsure"], "How sure"),
  reason: Type.String({ description: "Why" }),
});

const PreviewLine = Strict({
  row: whole("The row in the file"),
  ticket: Type.String({ description: "Its ticket" }),
  date: Type.String({ description: "Its day" }),
  time: Nullable(Type.String({ description: "Its time" })),
  article: Type.String({ description: "What was sold" }),
  quantity: QuantityOut,
  unitPrice: DecimalOut("What one costs", "0.9"),
  total: Money,
});

export const TillGuess = Strict(
  {
    mapping: TillMapping,
    confidence: Word(["certain", "likely", "unsure"], "The least sure of the reasons"),
    reasons: Type.Array(Reason),
    preview: Type.Array(PreviewLine, { description: "The first lines, as they would be read" }),
    flagged: whole("Rows of the sample that would be flagged"),
  },
  { description: "How a file could be read, by its first rows" },
);
export type TillGuess = Static<typeof TillGuess>;
export type GuessReason = Static<typeof Reason>;

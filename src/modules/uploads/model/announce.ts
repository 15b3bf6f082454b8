import { TillMapping } from "#modules/imports/index.ts";
import { Id, type Static, Strict, Text, Type, Word } from "#platform/schema.ts";
import { contentTypes, purposes } from "../rules/purposes.ts";

const example = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

export const ImportOptions = Strict(
  {
    siteId: Id("The site that gets the history or the stock"),
    format: Word(["till-export", "bakery-data"], "What the file is"),
    mapping: Type.Optional(TillMapping),
    dryRun: Type.Optional(Type.Boolean({ description: "Only report what would happen" })),
  },
  { description: "How to bring the file in; only of purpose import" },
);
export type ImportOptions = Static<typeof ImportOptions>;

export const NewUpload = Strict(
  {
    id: Type.Optional(Id("The upload's id, made by the client")),
    purpose: Word(purposes, "What it is for"),
    fileName: Text(200, "What the file is called; no path", "invoice-0815.pdf"),
    contentType: Word(contentTypes, "What it is; the content must be that"),
    bytes: Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      description: "Its exact size",
      examples: [48_213],
    }),
    attachTo: Type.Optional(
      Strict(
        {
          itemId: Type.Optional(Id("Of a product picture: the item")),
          receiptId: Type.Optional(Id("Of a supplier's invoice: the receipt")),
        },
        { description: "The record it belongs to" },
      ),
    ),
    import: Type.Optional(ImportOptions),
  },
  {
    description: "Announces a file; its content is sent next, to where the answer says",
    examples: [
      {
        purpose: "supplier_invoice",
        fileName: "invoice-0815.pdf",
        contentType: "application/pdf",
        bytes: 48_213,
        attachTo: { receiptId: example },
      },
    ],
  },
);
export type NewUpload = Static<typeof NewUpload>;

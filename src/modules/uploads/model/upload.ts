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
import { purposes } from "../rules/purposes.ts";
import { refusals } from "../rules/refusals.ts";

const example = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

export const uploadStates = ["waiting", "received", "accepted", "refused", "deleted"] as const;

const fields = {
  id: Id(),
  purpose: Word(purposes, "What it is for"),
  state: Word(
    uploadStates,
    "Waiting for its content, received and not looked at yet, accepted, refused, or deleted",
  ),
  fileName: Type.String({ description: "What the file is called" }),
  contentType: Type.String({ description: "What it is: by its content, until then as announced" }),
  bytes: Type.Integer({ description: "Its size: as announced until it was received" }),
  itemId: Nullable(Id("The item it is a picture of")),
  receiptId: Nullable(Id("The receipt it is the invoice of")),
  siteId: Nullable(Id("The site; null for what all sites share")),
  sha256: Nullable(Type.String({ description: "SHA-256 of its content as it was sent, in hex" })),
  width: Nullable(Type.Integer({ description: "Of a picture, in pixels as stored" })),
  height: Nullable(Type.Integer({ description: "Of a picture, in pixels as stored" })),
  hasThumbnail: Type.Boolean({ description: "Whether there is a small picture of it" }),
  duplicateOf: Nullable(Id("An upload before it with the same content")),
  refusal: Nullable(
    Type.String({
      description: `Why it was refused: ${refusals.join(", ")}`,
      examples: ["polyglot"],
    }),
  ),
  importId: Nullable(Id("Of purpose import: the till export, or the import once it is done")),
  importState: Nullable(
    Type.String({
      description: "Of purpose import, how far the importer is: waiting, running, done, failed",
      examples: ["done"],
    }),
  ),
  importProblem: Nullable(
    Type.String({
      description: "Code of what made the import fail",
      examples: ["uploads.import_gave_up"],
    }),
  ),
  importMessage: Nullable(
    Type.String({
      description: "The same in words, for people",
      examples: ["The file has no rows."],
    }),
  ),
  createdBy: Type.String({ description: "Who announced it", examples: [example] }),
  createdAt: InstantOut("When it was announced"),
  receivedAt: Nullable(InstantOut("When its content was there")),
  decidedAt: Nullable(InstantOut("When it was accepted or refused")),
};

export const Upload = Strict(fields, { description: "A file, and what became of it" });
export type Upload = Static<typeof Upload>;

export const AnnouncedUpload = Strict(
  {
    ...fields,
    sendTo: Strict(
      {
        method: Word(["PUT"], "How the content is sent"),
        url: Type.String({
          description: "Where to; it may be a secret that whoever has it can send to",
          examples: [`https://bakery.example/api/v1/uploads/${example}/content`],
        }),
        isResumable: Type.Boolean({
          description: "Takes parts with Content-Range, as Google Cloud Storage's sessions do",
        }),
      },
      { description: "Where the content goes" },
    ),
  },
  { description: "An announced upload, and where to send its content" },
);
export type AnnouncedUpload = Static<typeof AnnouncedUpload>;

export const UploadPage = PageOf(Upload, "Uploads, newest first");
export type UploadPage = Static<typeof UploadPage>;

/** The jobs that look at an upload, bring it in, or remove its objects. */
export const UploadJob = Strict({ uploadId: Type.String() });

/** How to bring a file in, as it is kept; whoever brings it in looks at the rest of it. */
export interface KeptOptions {
  readonly siteId: string;
  readonly format: string;
}

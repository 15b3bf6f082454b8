import type { Permission } from "#modules/access/index.ts";

const mebibyte = 1_048_576;

export const purposes = ["product_picture", "supplier_invoice", "import"] as const;
export type Purpose = (typeof purposes)[number];

export const contentTypes = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "application/pdf",
  "text/csv",
  "application/json",
] as const;
export type ContentType = (typeof contentTypes)[number];

interface PurposeRule {
  readonly types: readonly ContentType[];
  readonly bytesMax: number;
  /** What adding and deleting one takes, and what reading one takes, where its record is. */
  readonly change: Permission;
  readonly read: readonly [Permission, ...Permission[]];
}

/** What each purpose takes, up to which size, and from whom. */
export const purposeRules: Readonly<Record<Purpose, PurposeRule>> = {
  product_picture: {
    types: ["image/jpeg", "image/png", "image/webp"],
    bytesMax: 10 * mebibyte,
    change: "catalog.change",
    read: ["catalog.read"],
  },
  supplier_invoice: {
    types: ["application/pdf", "image/jpeg", "image/png"],
    bytesMax: 20 * mebibyte,
    change: "stock.receive",
    read: ["stock.read", "costs.read"],
  },
  import: {
    types: ["text/csv", "application/json"],
    bytesMax: 200 * mebibyte,
    change: "imports.record",
    read: ["imports.read"],
  },
};

/** Of a file that is read as one JSON text, and so held in memory. */
export const jsonBytesMax = 16 * mebibyte;

export function bytesMaxOf(purpose: Purpose, type: ContentType): number {
  const { bytesMax } = purposeRules[purpose];
  return type === "application/json" ? Math.min(bytesMax, jsonBytesMax) : bytesMax;
}

/** Uploads that one person may have under way. */
export const unfinishedMax = 20;

const extensions: Readonly<Record<ContentType, readonly string[]>> = {
  "image/jpeg": [".jpg", ".jpeg"],
  "image/png": [".png"],
  "image/webp": [".webp"],
  "application/pdf": [".pdf"],
  "text/csv": [".csv", ".txt", ".tsv"],
  "application/json": [".json"],
};

/** The given name, with an extension that says what the content is. */
export function downloadName(fileName: string, type: ContentType): string {
  const [first = "", ...others] = extensions[type];
  const lower = fileName.toLowerCase();
  return [first, ...others].some((each) => lower.endsWith(each)) ? fileName : `${fileName}${first}`;
}

// Parts of paths, control characters, and marks that let a name read otherwise than it is.
const unsafe = /[/\\:\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]|^\.|[. ]$/u;

/** Whether that is a name and nothing but one: no path, no control character. */
export function isFileName(name: string): boolean {
  return !unsafe.test(name);
}

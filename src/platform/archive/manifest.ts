import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Static } from "#platform/schema.ts";

const hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const count = Type.Integer({ minimum: 0 });

const ArchivedTable = Type.Object({
  name: Type.String({ pattern: "^[a-z_]+\\.[a-z_]+$" }),
  // Both go into SQL as they are.
  columns: Type.Array(Type.String({ pattern: "^[a-z][a-z0-9_]*$" }), { minItems: 1 }),
  rows: count,
  bytes: count,
  /** SHA-256 of the rows as they were copied. */
  sha256: hash,
});
export type ArchivedTable = Static<typeof ArchivedTable>;

/** What an archive says of itself: the first file in it. */
export const Manifest = Type.Object({
  format: Type.Literal("banneton-archive"),
  version: Type.Literal(1),
  madeAt: Type.String(),
  /** Names of the migrations that made the schema. */
  schema: Type.Array(Type.String()),
  tables: Type.Array(ArchivedTable),
  sequences: Type.Array(
    Type.Object({
      name: Type.String({ pattern: "^[a-z_]+\\.[a-z_]+$" }),
      last: Type.String({ pattern: "^\\d{1,18}$" }),
    }),
  ),
});
export type Manifest = Static<typeof Manifest>;

export const manifestName = "manifest.json";

/** The file of a table inside the archive. */
export const fileOf = (table: Pick<ArchivedTable, "name">): string => `tables/${table.name}.copy`;

/** Undefined if it is not a manifest. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Value.Check(Manifest, parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

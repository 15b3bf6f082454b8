import { permissionNames } from "#modules/access/index.ts";
import {
  Id,
  InstantIn,
  InstantOut,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Text,
  Type,
  Version,
  Word,
} from "#platform/schema.ts";

const name = Text(120, "What the key is for", "Web shop");
const scopes = (options: { readonly minItems?: number }) =>
  Type.Array(Word(permissionNames, "A permission"), {
    ...options,
    maxItems: permissionNames.length,
    uniqueItems: true,
    description: "What the key may do",
    examples: [["catalog.read", "stock.read"]],
  });
const sitesMax = 200;
const example = { name: "Web shop", scopes: ["catalog.read", "stock.read"] };

export const NewKey = Strict(
  {
    id: Type.Optional(Id()),
    name,
    scopes: scopes({ minItems: 1 }),
    siteIds: Type.Optional(
      Type.Array(Id("A site"), {
        minItems: 1,
        maxItems: sitesMax,
        uniqueItems: true,
        description: "The sites the key is for; without it every site and the whole company",
      }),
    ),
    expiresAt: Type.Optional(InstantIn("When it ends by itself; without it never")),
  },
  { description: "A key to issue: no more than its maker may do", examples: [example] },
);
export type NewKey = Static<typeof NewKey>;

const fields = {
  id: Id(),
  name,
  prefix: Type.String({ description: "The key's first letters", examples: ["bnt_key_Zk3xQ9"] }),
  scopes: scopes({}),
  siteIds: Nullable(Type.Array(Id("A site"), { description: "Its sites; null is every site" })),
  createdBy: Type.String({ description: "Who issued it", examples: [Id().examples[0]] }),
  createdAt: InstantOut("When it was issued"),
  expiresAt: Nullable(InstantOut("When it ends by itself")),
  revokedAt: Nullable(InstantOut("When it was revoked")),
  lastUsedAt: Nullable(InstantOut("When it was used last, to the minute")),
  version: Version,
};

export const ApiKey = Strict(fields, { description: "An API key, without its secret" });
export type ApiKey = Static<typeof ApiKey>;

export const IssuedKey = Strict(
  {
    ...fields,
    key: Type.String({
      description: "The whole key: shown this once, kept nowhere",
      examples: [`bnt_key_${"x".repeat(43)}`],
    }),
  },
  { description: "An API key as it was issued" },
);
export type IssuedKey = Static<typeof IssuedKey>;

export const ApiKeyPage = PageOf(ApiKey, "API keys, oldest first");
export type ApiKeyPage = Static<typeof ApiKeyPage>;

export const KeyPatch = Strict(
  { name },
  { description: "What to change", examples: [{ name: "Shop" }] },
);
export type KeyPatch = Static<typeof KeyPatch>;

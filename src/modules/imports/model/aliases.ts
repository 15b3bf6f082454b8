import { Id, PageOf, type Static, Strict, Text, Type } from "#platform/schema.ts";

const example = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

export const NewImportAlias = Strict(
  {
    name: Text(120, "The article as a till writes it; case and space do not matter", "Baguette"),
    itemId: Id("The item it means from now on"),
  },
  {
    description: "Says which item an article name of a till means, instead of what it meant before",
    examples: [{ name: "TRADITIONAL BAGUETTE ", itemId: example }],
  },
);
export type NewImportAlias = Static<typeof NewImportAlias>;

export const ImportAlias = Strict(
  {
    id: Id("The alias"),
    name: Type.String({ description: "The article name" }),
    itemId: Id("The item it means"),
  },
  { description: "Which item an article name of a till means" },
);
export type ImportAlias = Static<typeof ImportAlias>;

export const ImportAliasPage = PageOf(ImportAlias, "Aliases by their names");
export type ImportAliasPage = Static<typeof ImportAliasPage>;

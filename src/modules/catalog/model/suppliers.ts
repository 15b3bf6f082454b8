import {
  Id,
  Nullable,
  PageOf,
  type Static,
  Strict,
  Text,
  Type,
  Version,
} from "#platform/schema.ts";

const { Optional } = Type;
const archived = Type.Boolean({ description: "Out of use", examples: [false] });
const exampleId = "0199a0c2-6a3e-7c51-9d0e-2f1b6a7c8d9e";

const supplierName = Text(
  120,
  "Name of the supplier, unique among those in use",
  "Mill Lane Flour",
);

const contacts = {
  email: Nullable(
    Type.String({
      maxLength: 254,
      pattern: "^[^\\s@]+@[^\\s@]+$",
      description: "Where to write to in a recall",
      examples: ["quality@mill.example"],
    }),
  ),
  phone: Nullable(Text(40, "Whom to ring in a recall", "+353 1 555 0100")),
};

export const NewSupplier = Strict(
  {
    id: Optional(Id()),
    name: supplierName,
    email: Optional(contacts.email),
    phone: Optional(contacts.phone),
  },
  { description: "A supplier to add", examples: [{ name: "Mill Lane Flour" }] },
);
export type NewSupplier = Static<typeof NewSupplier>;

export const SupplierPatch = Strict(
  {
    name: Optional(supplierName),
    email: Optional(contacts.email),
    phone: Optional(contacts.phone),
  },
  {
    description: "What to change; the rest stays",
    minProperties: 1,
    examples: [{ name: "Mill Lane" }],
  },
);
export type SupplierPatch = Static<typeof SupplierPatch>;

export const Supplier = Strict(
  { id: Id(), name: supplierName, ...contacts, archived, version: Version },
  {
    description: "Who delivers",
    examples: [
      {
        id: exampleId,
        name: "Mill Lane Flour",
        email: "quality@mill.example",
        phone: null,
        archived: false,
        version: 1,
      },
    ],
  },
);
export type Supplier = Static<typeof Supplier>;

export const SupplierPage = PageOf(Supplier, "Suppliers, oldest first");
export type SupplierPage = Static<typeof SupplierPage>;

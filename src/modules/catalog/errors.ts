import { AppError, invalidField } from "#platform/errors.ts";

type Noun = "item" | "category" | "supplier" | "conversion";

export const notFound = (noun: Noun) =>
  new AppError("not_found", `catalog.${noun}_not_found`, `There is no such ${noun}.`);

export const stale = (noun: Noun) =>
  new AppError("stale", "catalog.stale", `The ${noun} was changed meanwhile. Read it again.`);

export const archived = (noun: Noun) =>
  new AppError("conflict", "catalog.archived", `The ${noun} is archived.`);

export const nameTaken = (cause: unknown) =>
  new AppError("conflict", "catalog.name_taken", "A record in use has this name.", { cause });

export const barcodeTaken = (cause: unknown) =>
  new AppError("conflict", "catalog.barcode_taken", "An item in use has this barcode.", { cause });

export const idTaken = () =>
  new AppError("conflict", "catalog.id_taken", "This id is in use by a record that differs.");

/** For commands that name a supplier: missing and archived ones look the same. */
export const supplierUnknown = (pointer = "/supplierId") =>
  invalidField(pointer, "catalog.supplier_unknown", "There is no such supplier in use.");

export const categoryUnknown = () =>
  invalidField("/categoryId", "catalog.category_unknown", "There is no such category in use.");

export const taxCodeUnknown = () =>
  invalidField("/taxCode", "catalog.tax_code_unknown", "There is no tax rate with this code.");

export const stockingLocked = () => {
  const text = "The item stands in the books: whether it is kept in stock stays.";
  return new AppError("conflict", "catalog.stocking_locked", text);
};

export const unitLocked = () =>
  new AppError("conflict", "catalog.unit_locked", "The item stands in the books: its unit stays.");

export const unitsDisagree = () => {
  const text = "Two ways of converting one unit would give different results.";
  return new AppError("conflict", "catalog.unit_disagrees", text);
};

export const unitsBridged = () => {
  const text =
    "Mass and volume meet only through the density, count and mass only through the piece weight.";
  return new AppError("conflict", "catalog.unit_bridge", text);
};

export const unitsExtreme = () => {
  const text = "A factor to the stock unit would need more than 18 digits.";
  return new AppError("conflict", "catalog.unit_extreme", text);
};

export const packsTooMany = (max: number) =>
  new AppError("conflict", "catalog.packs_too_many", `An item has at most ${max} conversions.`);

export const packTaken = (cause: unknown) => {
  const text = "This unit has a conversion. Delete it first.";
  return new AppError("conflict", "catalog.pack_taken", text, { cause });
};

export const packSame = () =>
  invalidField("/to", "catalog.pack_same", "A unit is not converted to itself.");

export const packStandard = () => {
  const text = "One side must be a pack: between stock units density and piece weight decide.";
  return invalidField("/from", "catalog.pack_standard", text);
};

export const packLookalike = (pointer: string, unit: string) =>
  invalidField(pointer, "catalog.pack_lookalike", `Too much like the stock unit ${unit}.`);

export const unitUnknown = (pointer: string) =>
  invalidField(pointer, "catalog.unit_unknown", "This item is not converted from that unit.");

export const unitTooSmall = (pointer: string) => {
  const text = "This is less than the smallest part of the stock unit that is kept.";
  return invalidField(pointer, "catalog.unit_too_small", text);
};

export const unitTooLarge = (pointer: string) => {
  const text = "In the stock unit this has more than 12 digits before the point.";
  return invalidField(pointer, "catalog.unit_too_large", text);
};

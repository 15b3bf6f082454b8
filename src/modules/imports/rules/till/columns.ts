import type { ColumnName, TillMapping } from "../../model/till-mapping.ts";

/** Where the mapping's columns stand in a row. */
export interface Places {
  readonly width: number;
  readonly of: Readonly<Partial<Record<ColumnName, number>>>;
  readonly products: readonly { readonly place: number; readonly name: string }[];
  readonly isKnown: true;
}

/** A column that the file does not have. */
export interface MissingColumn {
  readonly pointer: string;
  readonly isKnown: false;
}

/** Finds the mapping's columns by the first row: its header, or how many cells it has. */
export function placesIn(first: readonly string[], mapping: TillMapping): Places | MissingColumn {
  const names = first.map((cell, index) => (mapping.hasHeader ? cell.trim() : String(index + 1)));
  const of: Partial<Record<ColumnName, number>> = {};
  for (const [field, name] of Object.entries(mapping.columns)) {
    const place = names.indexOf(name.trim());
    if (place === -1) return { pointer: `/mapping/columns/${field}`, isKnown: false };
    of[field as ColumnName] = place;
  }
  const width = first.length;
  if (mapping.layout === "lines") {
    if (of.article !== undefined) return { width, of, products: [], isKnown: true };
    return { pointer: "/mapping/columns/article", isKnown: false };
  }
  const wanted = mapping.products?.map((name) => name.trim());
  const taken = new Set(Object.values(of));
  const products = names.flatMap((name, place) => {
    const isOne = wanted ? wanted.includes(name) : !taken.has(place) && name !== "";
    return isOne ? [{ place, name: first[place] ?? name }] : [];
  });
  const missing = wanted?.findIndex((name) => !names.includes(name)) ?? -1;
  if (missing !== -1) return { pointer: `/mapping/products/${missing}`, isKnown: false };
  if (products.length === 0) return { pointer: "/mapping/products", isKnown: false };
  return { width, of, products, isKnown: true };
}

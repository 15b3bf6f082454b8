import type { GuessReason } from "../../model/till-exports.ts";
import type { ColumnName, TillMapping } from "../../model/till-mapping.ts";
import { dayReader, readClock } from "./moments.ts";

export interface GuessedColumns {
  readonly layout: TillMapping["layout"];
  readonly hasHeader: boolean;
  readonly columns: TillMapping["columns"];
  /** Where they stand. */
  readonly places: Readonly<Partial<Record<ColumnName, number>>>;
  readonly products: string[] | undefined;
  readonly reasons: readonly GuessReason[];
}

type Rows = readonly (readonly string[])[];

const dayReaders = (["ymd", "dmy", "mdy"] as const).map(dayReader);

/** True for what is a day in some order, perhaps with a time behind it. */
export function isDated(cell: string): boolean {
  return /\d/.test(cell) && dayReaders.some((read) => read(cell) !== undefined);
}

const isClock = (cell: string) => /\d[:h]\d/.test(cell) && readClock(cell) !== undefined;
const isNumber = (cell: string) => /^[^\p{L}]*\d[^\p{L}]*(?:\p{L}{3})?$/u.test(cell.trim());

// Words of headers in English, French, German, Spanish, Italian and Dutch, without accents.
const words: readonly (readonly [ColumnName, RegExp])[] = [
  ["unitPrice", /unit.?(price|cost)|(einzel|stuck)preis|^pu\b/],
  [
    "total",
    /total|amount|montant|betrag|umsatz|summe|gesamt|importe|importo|bedrag|revenue|sales$|^ca\b/,
  ],
  ["unitPrice", /price|prix|preis|precio|prezzo|prijs|tarif/],
  ["quantity", /quantit|quantid|^qty|qte|menge|anzahl|cantidad|aantal|^count|pieces|units/],
  [
    "ticket",
    /ticket|transaction|receipt|order|invoice|bill|facture|^bon\b|beleg|factura|scontrino|bonnr/,
  ],
  ["till", /^(till|register|pos|caisse|kasse|caja|cassa|kassa|terminal)/],
  ["time", /^(time|heure|uhrzeit|zeit|hora|ora|tijd)/],
  ["date", /date|datum|jour|fecha|^data\b|^day/],
  [
    "article",
    /article|item|product|produit|artikel|libelle|designation|articulo|producto|prodotto|name|nom/,
  ],
];

function plain(header: string): string {
  return header
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[_\s]+/g, " ")
    .trim();
}

/** Which column is which, by the words of the header and by what stands below. */
export function guessColumns(rows: Rows): GuessedColumns | undefined {
  const [first, ...rest] = rows;
  if (first === undefined) return undefined;
  const hasHeader = !first.some(isDated) && rest.length > 0;
  const body = hasHeader ? rest : rows;
  const share = (place: number, is: (cell: string) => boolean) => {
    const cells = body.map((row) => row[place] ?? "").filter((cell) => cell.trim() !== "");
    return cells.length === 0 ? 0 : cells.filter(is).length / cells.length;
  };
  const places: Partial<Record<ColumnName, number>> = {};
  const isFree = (place: number) => !Object.values(places).includes(place);
  const take = (field: ColumnName, is: (place: number) => boolean) => {
    if (places[field] !== undefined) return;
    const place = first.findIndex((_, at) => isFree(at) && is(at));
    if (place !== -1) places[field] = place;
  };
  const named = (field: ColumnName, place: number) =>
    hasHeader && words.find(([, form]) => form.test(plain(first[place] ?? "")))?.[0] === field;
  take("date", (at) => named("date", at) && share(at, isDated) > 0.8);
  take("date", (at) => share(at, isDated) > 0.8);
  if (places.date === undefined) return undefined;
  take("time", (at) => share(at, isClock) > 0.8);
  for (const field of ["quantity", "unitPrice", "total"] as const) {
    take(field, (at) => named(field, at) && share(at, isNumber) > 0.8);
  }
  take("ticket", (at) => named("ticket", at));
  take("till", (at) => named("till", at));
  take("article", (at) => named("article", at) && share(at, isNumber) < 0.8);
  const wide = productsOf(first, hasHeader, isFree, (at) => share(at, isNumber) > 0.9);
  const isWide = places.article === undefined && wide.length > 2;
  if (!isWide) take("article", (at) => share(at, isNumber) < 0.2);
  if (!isWide && places.article === undefined) return undefined;
  if (isWide) for (const field of ["quantity", "unitPrice", "total"] as const) delete places[field];
  const nameOf = (place: number) => (hasHeader ? (first[place] ?? "").trim() : String(place + 1));
  const found = Object.entries(places).map(([field, place]) => [field, nameOf(place)]);
  return {
    layout: isWide ? "wide" : "lines",
    hasHeader,
    columns: Object.fromEntries(found) as TillMapping["columns"],
    places,
    products: isWide ? wide : undefined,
    reasons: reasonsOf(places, hasHeader, isWide),
  };
}

function productsOf(
  header: readonly string[],
  hasHeader: boolean,
  isFree: (place: number) => boolean,
  isNumeric: (place: number) => boolean,
): string[] {
  if (!hasHeader) return [];
  return header.flatMap((cell, at) => {
    const name = cell.trim();
    const isProduct = name !== "" && isFree(at) && /\p{L}/u.test(name) && isNumeric(at);
    return isProduct ? [name] : [];
  });
}

function reasonsOf(
  places: GuessedColumns["places"],
  hasHeader: boolean,
  isWide: boolean,
): GuessReason[] {
  const confidence = hasHeader ? ("certain" as const) : ("unsure" as const);
  const reason = hasHeader ? "The header says it." : "There is no header: by what the cells hold.";
  const reasons: GuessReason[] = [{ field: "columns", confidence, reason }];
  if (isWide) {
    const why = "No column of articles, but several of numbers.";
    reasons.push({ field: "layout", confidence: "likely", reason: why });
  }
  if (places.unitPrice === undefined && places.total === undefined) {
    const why = "No column of prices or amounts.";
    reasons.push({ field: "columns/unitPrice", confidence: "likely", reason: why });
  }
  return reasons;
}

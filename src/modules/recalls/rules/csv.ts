import { type CsvCell, csvLines } from "#platform/csv.ts";
import type { Recall, TracedLot } from "../model.ts";

const columns = [
  "what",
  "lot",
  "item",
  "supplier_lot",
  "expires_on",
  "quantity",
  "unit",
  "on",
  "site",
  "till",
  "sales",
  "first_receipt",
  "last_receipt",
  "held",
  "name",
  "email",
  "phone",
  "note",
] as const;

type Row = Partial<Record<(typeof columns)[number], CsvCell>> & { readonly what: string };

/**
 * A recall as one table, the kind of row in its first column: lot, on hand, sold, wasted, carried,
 * made of, supplier, and one row at the end that says how many there were.
 */
export function recallCsv(recall: Recall): string {
  const rows: Row[] = [
    ...recall.lots.map((lot) => lotRow("lot", lot)),
    ...recall.lots.flatMap(placeRows),
    ...soldRows(recall),
    ...movedRows(recall),
    ...recall.origins.map((lot) => lotRow("made of", lot)),
    ...contactRows(recall),
  ];
  const end: Row = { what: "end", note: `${rows.length} rows` };
  return csvLines([columns, ...[...rows, end].map(cellsOf)]);
}

function cellsOf(row: Row): CsvCell[] {
  return columns.map((column) => row[column]);
}

function lotRow(what: string, lot: TracedLot): Row {
  const { received, made, found } = lot.balance;
  return {
    what,
    lot: lot.id,
    item: lot.itemName,
    supplier_lot: lot.supplierLot,
    expires_on: lot.expiresOn,
    // One of them is 0 as a rule; the JSON has all parts of the balance.
    quantity: [received, made, found].find((part) => part !== "0") ?? "0",
    unit: lot.unit,
    on: lot.recordedAt,
    held: lot.isHeld,
    name: lot.supplierName,
    note: lot.balance.isBalanced ? "balanced" : "not balanced",
  };
}

function placeRows(lot: TracedLot): Row[] {
  return lot.places.map(({ siteName, quantity, isHeld }) => ({
    what: "on hand",
    lot: lot.id,
    item: lot.itemName,
    quantity,
    unit: lot.unit,
    site: siteName,
    held: isHeld,
  }));
}

function soldRows({ sold }: Recall): Row[] {
  return sold.map((day) => ({
    what: "sold",
    lot: day.lotId,
    item: day.itemName,
    quantity: day.quantity,
    unit: day.unit,
    on: day.businessDate,
    site: day.siteName,
    till: day.tillName,
    sales: day.saleCount,
    first_receipt: day.firstReceipt,
    last_receipt: day.lastReceipt,
  }));
}

function movedRows({ wasted, transfers }: Recall): Row[] {
  const thrown = wasted.map((day) => ({
    what: "wasted",
    lot: day.lotId,
    item: day.itemName,
    quantity: day.quantity,
    unit: day.unit,
    on: day.effectiveOn,
    site: day.siteName,
    note: day.reason,
  }));
  const carried = transfers.map((each) => ({
    what: "carried",
    lot: each.lotId,
    item: each.itemName,
    quantity: each.quantity,
    unit: each.unit,
    on: each.effectiveAt,
    site: each.fromSiteName,
    name: each.toSiteName,
  }));
  return [...thrown, ...carried];
}

function contactRows({ contacts }: Recall): Row[] {
  return contacts.flatMap(({ name, email, phone, lotIds }) =>
    lotIds.map((lot) => ({ what: "supplier", lot, name, email, phone })),
  );
}

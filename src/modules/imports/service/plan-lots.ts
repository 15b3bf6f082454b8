import type { OpeningLot } from "#modules/stock/index.ts";
import { type Decimal, decimalText, roundTo, VALUE_PLACES, ZERO } from "#platform/decimal.ts";
import type { ImportedRecord } from "../model.ts";
import { findRecords, type RecordRow, resolveDayStarts } from "../queries.ts";
import type { Planned, Planning } from "./plan.ts";
import { inStockUnits, noteChange, type PlannedItem } from "./plan-items.ts";

export interface PlannedLot extends OpeningLot {
  readonly key: string;
  readonly said: string;
}

interface Opening {
  readonly pointer: string;
  readonly key: string;
  readonly item: PlannedItem;
  readonly name: string;
  /** In the file's unit. */
  readonly quantity: Decimal;
  readonly value: Decimal;
  readonly effectiveAt: string;
  readonly isClosed: boolean;
}

/**
 * Batches become lots that opened at the start of their business date; what is on hand of products
 * becomes a lot of now, worth 0 because the file knows no cost of it.
 */
export async function planLots(
  planning: Planning,
  items: ReadonlyMap<string, PlannedItem>,
): Promise<Planned<PlannedLot>> {
  const { db, siteId, file } = planning;
  const tally = { created: 0, matched: 0, unchanged: 0, skipped: file.skipped.lot };
  const all = [...(await ofBatches(planning, items)), ...ofProducts(planning, items)];
  const openings = all.flatMap((each) => each ?? []);
  tally.skipped += all.length - openings.length;
  const keys = openings.map((each) => each.key);
  const known = await findRecords(db, { siteId, kind: "lot", keys });
  const news: PlannedLot[] = [];
  const records: ImportedRecord[] = [];
  const made: RecordRow[] = [];
  for (const { key, pointer, name, item, quantity, value, effectiveAt, isClosed } of openings) {
    const record = known.get(key);
    if (isClosed && record === undefined) {
      const text = "This day is in a closed period of the site: the batch is left out.";
      planning.file.findings.problem(`${pointer}/purchase_date`, "closed", text);
      tally.skipped += 1;
      continue;
    }
    const outcome = record ? "unchanged" : "created";
    const said = decimalText(quantity);
    tally[outcome] += 1;
    records.push({ pointer, name, kind: "lot", outcome, id: record?.recordId ?? null });
    if (record) {
      noteChange(planning, pointer, record.said, said);
      continue;
    }
    const stock = decimalText(inStockUnits(quantity, item.factor));
    const lot = { itemId: item.id, quantity: stock, value: decimalText(value), effectiveAt };
    news.push({ ...lot, key, said });
  }
  return { news, records, made, tally };
}

async function ofBatches(
  { db, ctx, siteId, file }: Planning,
  items: ReadonlyMap<string, PlannedItem>,
): Promise<(Opening | undefined)[]> {
  const { findings, batches } = file;
  const local = batches.map((batch) => batch.day);
  const starts = await resolveDayStarts(db, { siteId, now: ctx.now(), local });
  return batches.map((batch, index) => {
    const { pointer, material, quantity, unitCost, day, occurrence } = batch;
    const item = items.get(material);
    const start = starts[index];
    // The item's own problem has been reported.
    if (item === undefined || start === undefined) return undefined;
    if (start.isFuture) {
      const text = "This day has not come yet at the site: the batch is left out.";
      return findings.problem(`${pointer}/purchase_date`, "future", text);
    }
    const key = JSON.stringify([material, day, decimalText(unitCost), occurrence]);
    const value = roundTo(quantity.times(unitCost), VALUE_PLACES);
    return checked(file, {
      pointer,
      key,
      item,
      name: `${item.name}, ${day}`,
      quantity,
      value,
      effectiveAt: start.at,
      isClosed: start.isClosed,
    });
  });
}

function ofProducts(
  { ctx, file }: Planning,
  items: ReadonlyMap<string, PlannedItem>,
): (Opening | undefined)[] {
  const openings: (Opening | undefined)[] = [];
  for (const [product, { pointer, name, quantity }] of file.products) {
    if (quantity.eq(ZERO)) continue;
    const item = items.get(product);
    const place = `${pointer}/quantity`;
    const key = JSON.stringify([product]);
    const effectiveAt = ctx.now().toISOString();
    const opening = {
      pointer: place,
      key,
      name,
      quantity,
      value: ZERO,
      effectiveAt,
      isClosed: false,
    };
    const taken = item && checked(file, { ...opening, item });
    if (taken) {
      const text = "The file knows no cost of products: this stock is worth 0 on the books.";
      file.findings.notice(place, "cost_unknown", text);
    }
    openings.push(taken);
  }
  return openings;
}

const valueLimit = 14;
const quantityLimit = 12;

function checked({ findings }: Planning["file"], opening: Opening): Opening | undefined {
  const { item, quantity, value, pointer } = opening;
  const stock = inStockUnits(quantity, item.factor);
  if (!item.isStocked) {
    return findings.problem(
      pointer,
      "not_stocked",
      "The item of this name here is not kept in stock.",
    );
  }
  if (stock.eq(ZERO)) {
    return findings.problem(pointer, "too_small", "This is less than the books can hold.");
  }
  const isTooLarge =
    stock.toFixed(0).length > quantityLimit || value.toFixed(0).length > valueLimit;
  if (!isTooLarge) return opening;
  return findings.problem(pointer, "too_large", "This is more than the books can hold.");
}

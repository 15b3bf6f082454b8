import {
  factorBetween,
  findItemsForLines,
  type LineItem,
  type NewConversion,
  type NewItem,
  type Ratio,
} from "#modules/catalog/index.ts";
import { type Decimal, decimal, decimalText, divide, QUANTITY_PLACES } from "#platform/decimal.ts";
import { AppError } from "#platform/errors.ts";
import { newId } from "#platform/id.ts";
import type { ImportedRecord } from "../model.ts";
import {
  type CatalogItem,
  findItemsByIds,
  findItemsByNames,
  findRecords,
  type RecordRow,
} from "../queries.ts";
import { nameKey } from "../rules/findings.ts";
import { type FileUnit, unitOf } from "../rules/units.ts";
import type { Planned, Planning } from "./plan.ts";

/** An item of the file, as it will be in the catalogue. */
export interface PlannedItem {
  readonly id: string;
  readonly name: string;
  /** 1 of the file's unit is this many stock units. */
  readonly factor: Ratio;
  /** How recipes name the file's unit. */
  readonly unit: string;
  /**
   * What one of `unit` is in the file's unit: 1, or 12 where the pack's name means something else.
   */
  readonly unitsPerFileUnit: number;
  readonly isStocked: boolean;
  readonly recipeId: string | null;
  readonly create: NewItem | undefined;
  readonly pack: NewConversion | undefined;
}

export interface PlannedItems extends Planned<PlannedItem> {
  /** Every item that the rest of the file can use. */
  readonly byKey: ReadonlyMap<string, PlannedItem>;
}

interface Wanted {
  readonly key: string;
  readonly pointer: string;
  readonly name: string;
  readonly kind: "material" | "product";
  readonly unit: FileUnit;
  readonly reorderLevel?: Decimal | undefined;
  readonly price?: Decimal | undefined;
}

/** Finds the file's items here: by an import before, else by name, else they are new. */
export async function planItems(planning: Planning): Promise<PlannedItems> {
  const { db, siteId, file } = planning;
  const wanted = wantedItems(planning);
  const keys = wanted.map((each) => each.key);
  const known = await findRecords(db, { siteId, kind: "item", keys });
  const ids = [...known.values()].map((record) => record.recordId);
  const [byId, byName] = await Promise.all([
    findItemsByIds(db, ids),
    findItemsByNames(
      db,
      wanted.map((each) => each.name),
    ),
  ]);
  const lines = await findItemsForLines(db, [...ids, ...[...byName.values()].map(({ id }) => id)]);
  const byKey = new Map<string, PlannedItem>();
  const records: ImportedRecord[] = [];
  const made: RecordRow[] = [];
  const tally = { created: 0, matched: 0, unchanged: 0, skipped: file.skipped.item };
  for (const each of wanted) {
    const record = known.get(each.key);
    const found = record ? byId.get(record.recordId) : byName.get(each.name);
    const planned = found ? adopt(planning, each, found, lines.get(found.id)) : create(each);
    if (planned === undefined) {
      tally.skipped += 1;
      continue;
    }
    const outcome = record ? "unchanged" : found ? "matched" : "created";
    tally[outcome] += 1;
    byKey.set(each.key, planned);
    records.push({ ...pick(each), kind: "item", outcome, id: planned.id });
    const said = sayItem(each);
    if (!record) made.push({ kind: "item", key: each.key, recordId: planned.id, said });
    else noteChange(planning, each.pointer, record.said, said);
  }
  const news = [...byKey.values()].filter((item) => item.create ?? item.pack);
  return { byKey, news, records, made, tally };
}

function pick({ pointer, name }: { readonly pointer: string; readonly name: string }) {
  return { pointer, name };
}

/** A later file that says something else about what is here changes nothing, but is not silent. */
export function noteChange({ file }: Planning, pointer: string, before: string, now: string): void {
  if (before === now) return;
  const text = "This was imported before and said something else; what is here stays as it is.";
  file.findings.notice(pointer, "changed", text);
}

const piece = unitOf("piece");

function wantedItems({ file }: Planning): Wanted[] {
  const wanted: Wanted[] = [];
  for (const [key, row] of file.materials) wanted.push({ ...row, key, kind: "material" });
  if (piece === undefined) return wanted;
  for (const [key, row] of file.products) {
    wanted.push({ ...row, key, kind: "product", unit: piece });
  }
  for (const { product, pointer } of file.recipes) {
    const key = nameKey(product);
    if (file.products.has(key)) continue;
    wanted.push({ key, pointer, name: product, kind: "product", unit: piece });
  }
  return wanted;
}

function sayItem({ kind, unit, reorderLevel, price }: Wanted): string {
  const amounts = [reorderLevel, price].map((each) => (each ? decimalText(each) : null));
  return JSON.stringify([kind, unit.pack?.name ?? unit.stockUnit, ...amounts]);
}

function create({ name, kind, unit, reorderLevel, price }: Wanted): PlannedItem {
  const id = newId();
  const factor = { numerator: BigInt(unit.pack?.holds ?? 1), denominator: 1n };
  return {
    id,
    name,
    factor,
    unit: unit.pack?.name ?? unit.stockUnit,
    unitsPerFileUnit: 1,
    isStocked: true,
    recipeId: null,
    create: {
      id,
      name,
      kind,
      stocking: "stocked",
      unit: unit.stockUnit,
      reorderLevel: reorderLevel ? decimalText(inStockUnits(reorderLevel, factor)) : null,
      price: price ? decimalText(price) : null,
    },
    pack: packOf(unit),
  };
}

function packOf({ pack, stockUnit }: FileUnit): NewConversion | undefined {
  return pack && { from: pack.name, to: stockUnit, numerator: pack.holds, denominator: 1 };
}

/** In stock units, rounded once. */
export function inStockUnits(quantity: Decimal, { numerator, denominator }: Ratio): Decimal {
  const product = quantity.times(String(numerator));
  return divide(product, decimal(String(denominator)), QUANTITY_PLACES);
}

/** The file's item is one that is here: in its unit, or left out if that cannot be converted. */
function adopt(
  { file }: Planning,
  { pointer, name, kind, unit }: Wanted,
  found: CatalogItem,
  line: LineItem | undefined,
): PlannedItem | undefined {
  const { findings } = file;
  if (line === undefined || line.archived) {
    const text = "The item it became is out of use here: it is left out.";
    return findings.problem(pointer, "item_archived", text);
  }
  const factor = factorOf(unit, line);
  if (factor === undefined || (kind === "product" && line.unit !== unit.stockUnit)) {
    const text = `The item of this name here is kept in ${line.unit}: it is left out.`;
    return findings.problem(pointer, "unit_differs", text);
  }
  const pack = line.conversions.find((each) => each.from === unit.pack?.name);
  const isOurs = pack?.to === unit.stockUnit && pack.numerator === BigInt(unit.pack?.holds ?? 0);
  const canName =
    unit.pack === undefined || pack === undefined || (isOurs && pack.denominator === 1n);
  return {
    id: found.id,
    name,
    factor,
    unit: canName ? (unit.pack?.name ?? unit.stockUnit) : unit.stockUnit,
    unitsPerFileUnit: canName ? 1 : (unit.pack?.holds ?? 1),
    isStocked: line.stocking === "stocked",
    recipeId: found.recipeId,
    create: undefined,
    pack: pack === undefined ? packOf(unit) : undefined,
  };
}

function factorOf({ stockUnit, pack }: FileUnit, line: LineItem): Ratio | undefined {
  try {
    const { numerator, denominator } = factorBetween(stockUnit, line);
    return { numerator: numerator * BigInt(pack?.holds ?? 1), denominator };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

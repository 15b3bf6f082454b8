import {
  findItemsForLines,
  type LineItem,
  lockUnit,
  toStockQuantity,
} from "#modules/catalog/index.ts";
import type { Tx } from "#platform/db.ts";
import { type DecimalInput, decimal, decimalText } from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { DocumentLine } from "../queries/documents.ts";

/** A line as it comes in: any unit that the item knows. */
export interface LineInput {
  readonly itemId: string;
  readonly quantity: DecimalInput;
  readonly unit?: string | undefined;
}

export interface EntryRules {
  /** What goes out may be of items that are no longer in use. */
  readonly areOutgoing: boolean;
}

/**
 * Converts lines to stock units, once, and fixes the units of items that were never moved. Throws
 * 422 for items that are missing, archived or not kept in stock, and for units they do not know.
 */
export async function enterLines(
  tx: Tx,
  lines: readonly LineInput[],
  rules: EntryRules,
): Promise<DocumentLine[]> {
  const itemIds = [...new Set(lines.map((line) => line.itemId))];
  const items = await itemsOfLines(tx, itemIds);
  return lines.map((line, index) => {
    const pointer = `/lines/${index}`;
    const item = items.get(line.itemId);
    if (item === undefined) throw errors.itemUnknown(`${pointer}/itemId`);
    if (!rules.areOutgoing) requireStocked(item, `${pointer}/itemId`);
    const entered = decimal(line.quantity);
    const unit = line.unit ?? item.unit;
    const { quantity, numerator, denominator } = toStockQuantity(entered, unit, item, pointer);
    return {
      id: newId(),
      itemId: item.id,
      quantityEntered: decimalText(entered),
      unit,
      numerator: String(numerator),
      denominator: String(denominator),
      quantity: decimalText(quantity),
    };
  });
}

async function itemsOfLines(tx: Tx, itemIds: readonly string[]): Promise<Map<string, LineItem>> {
  const items = await findItemsForLines(tx, itemIds);
  const isNew = [...items.values()].some((item) => !item.unitLocked);
  if (!isNew) return items;
  await lockUnit(tx, itemIds);
  return findItemsForLines(tx, itemIds);
}

function requireStocked(item: LineItem, pointer: string): void {
  if (item.archived) throw errors.itemUnknown(pointer);
  if (item.stocking !== "stocked") throw errors.itemNotStocked(pointer);
}

/** The part of a line's answer that all documents share. */
export function lineAnswer(line: DocumentLine) {
  return {
    id: line.id,
    itemId: line.itemId,
    quantity: line.quantityEntered,
    unit: line.unit,
    stockQuantity: line.quantity,
    factor: { numerator: line.numerator, denominator: line.denominator },
  };
}

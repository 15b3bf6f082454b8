import type { StockUnit } from "#modules/catalog/index.ts";
import { nameKey } from "./findings.ts";

/** A unit of the file: one of ours, or a pack of one. */
export interface FileUnit {
  readonly stockUnit: StockUnit;
  /** The pack and how many stock units it holds, if the file counts in packs. */
  readonly pack: { readonly name: string; readonly holds: number } | undefined;
}

const ours = (stockUnit: StockUnit): FileUnit => ({ stockUnit, pack: undefined });
const dozen: FileUnit = { stockUnit: "piece", pack: { name: "dozen", holds: 12 } };

const units: ReadonlyMap<string, FileUnit> = new Map([
  ["kg", ours("kg")],
  ["g", ours("g")],
  ["l", ours("l")],
  ["ml", ours("ml")],
  ["piece", ours("piece")],
  ["pieces", ours("piece")],
  ["dozen", dozen],
]);

export function unitOf(text: unknown): FileUnit | undefined {
  return typeof text === "string" ? units.get(nameKey(text)) : undefined;
}

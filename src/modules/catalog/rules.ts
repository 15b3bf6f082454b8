import { type Decimal, decimal, divide, QUANTITY_PLACES, ZERO } from "#platform/decimal.ts";
import * as errors from "./errors.ts";
import {
  type AllergenName,
  type AllergenState,
  type Allergens,
  allergenNames,
  stockUnits,
} from "./model/items.ts";

/** An exact rational above 0, reduced. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** 1 `from` = numerator ÷ denominator `to`. */
export interface UnitConversion extends Ratio {
  readonly from: string;
  readonly to: string;
}

/** What decides how an item's units convert: density in g per ml, piece weight in g. */
export interface Measured {
  readonly unit: string;
  readonly density: string | null;
  readonly pieceWeight: string | null;
  readonly conversions: readonly UnitConversion[];
}

export interface StockQuantity extends Ratio {
  /** In the stock unit, rounded once to 6 places. */
  readonly quantity: Decimal;
}

export const conversionsMax = 50;

const one: Ratio = { numerator: 1n, denominator: 1n };
const metric: readonly UnitConversion[] = [
  { from: "kg", to: "g", numerator: 1000n, denominator: 1n },
  { from: "l", to: "ml", numerator: 1000n, denominator: 1n },
];
const standard: ReadonlySet<string> = new Set(stockUnits);

/**
 * The exact factor from a unit to the item's stock unit (domain rules 2). Mass and volume meet only
 * through the density, count and mass only through the piece weight, packs through the item's
 * conversions. Throws `catalog.unit_unknown` (422, at `pointer`) if no path leads there.
 */
export function factorBetween(unit: string, item: Measured, pointer = "/unit"): Ratio {
  if (unit === item.unit) return one;
  const factor = factorsTo(item.unit, edgesOf(item)).get(unit);
  if (factor === undefined) throw errors.unitUnknown(pointer);
  return factor;
}

const wholeMax = decimal("999999999999.999999");

/**
 * A quantity in the item's stock unit, with the factor to store beside it; `pointer` is the line's.
 * Throws `catalog.unit_unknown`, `catalog.unit_too_small` and `catalog.unit_too_large` (422).
 */
export function toStockQuantity(
  quantity: Decimal,
  unit: string,
  item: Measured,
  pointer = "",
): StockQuantity {
  const { numerator, denominator } = factorBetween(unit, item, `${pointer}/unit`);
  const product = quantity.times(String(numerator));
  const converted = divide(product, decimal(String(denominator)), QUANTITY_PLACES);
  if (converted.eq(ZERO) && !quantity.eq(ZERO)) throw errors.unitTooSmall(`${pointer}/quantity`);
  if (converted.abs().gt(wholeMax)) throw errors.unitTooLarge(`${pointer}/quantity`);
  return { quantity: converted, numerator, denominator };
}

/**
 * Refuses units that contradict each other, before they are saved: a second path that disagrees
 * (`catalog.unit_disagrees`), a pack that joins what only density or piece weight may
 * (`catalog.unit_bridge`), a factor that does not fit the books (`catalog.unit_extreme`). All 409.
 */
export function checkUnits(item: Measured): void {
  const edges = edgesOf(item);
  const seen = new Set<string>();
  for (const { from } of edges) {
    if (seen.has(from)) continue;
    const factors = factorsTo(from, edges);
    for (const unit of factors.keys()) seen.add(unit);
    refuseDisagreement(factors, edges);
    refuseBridge(factors, item);
  }
  const digits = 10n ** 18n;
  for (const { numerator, denominator } of factorsTo(item.unit, edges).values()) {
    if (numerator >= digits || denominator >= digits) throw errors.unitsExtreme();
  }
}

/** Refuses a conversion that is none, whatever the item. */
export function checkConversion({ from, to }: UnitConversion): void {
  if (from === to) throw errors.packSame();
  if (standard.has(from) && standard.has(to)) throw errors.packStandard();
  refuseLookalike("/from", from);
  refuseLookalike("/to", to);
}

/** "KG" and "kg " as packs would be read as kg by people. */
function refuseLookalike(pointer: string, unit: string): void {
  const plain = unit.trim().toLowerCase();
  if (plain !== unit && standard.has(plain)) throw errors.packLookalike(pointer, plain);
}

function refuseDisagreement(
  factors: ReadonlyMap<string, Ratio>,
  edges: readonly UnitConversion[],
): void {
  for (const edge of edges) {
    const from = factors.get(edge.from);
    const to = factors.get(edge.to);
    if (from === undefined || to === undefined) continue;
    if (!areEqual(from, times(edge, to))) throw errors.unitsDisagree();
  }
}

function refuseBridge(factors: ReadonlyMap<string, Ratio>, item: Measured): void {
  const first = stockUnits.find((unit) => factors.has(unit));
  if (first === undefined) return;
  const allowed = factorsTo(first, edgesOf({ ...item, conversions: [] }));
  for (const unit of stockUnits) {
    if (unit !== first && factors.has(unit) && !allowed.has(unit)) throw errors.unitsBridged();
  }
}

function edgesOf(item: Measured): readonly UnitConversion[] {
  const edges = [...metric, ...item.conversions];
  if (item.density !== null) edges.push({ from: "ml", to: "g", ...ratioOf(item.density) });
  if (item.pieceWeight !== null)
    edges.push({ from: "piece", to: "g", ...ratioOf(item.pieceWeight) });
  return edges;
}

/** Every unit that reaches `target`, with its exact factor. */
function factorsTo(target: string, edges: readonly UnitConversion[]): Map<string, Ratio> {
  const factors = new Map<string, Ratio>([[target, one]]);
  // A map's iteration also visits what is added meanwhile: a breadth-first walk.
  for (const [unit, factor] of factors) {
    for (const edge of edges) {
      if (edge.to === unit && !factors.has(edge.from)) factors.set(edge.from, times(edge, factor));
      if (edge.from === unit && !factors.has(edge.to)) {
        factors.set(edge.to, times(inverse(edge), factor));
      }
    }
  }
  return factors;
}

function inverse({ numerator, denominator }: Ratio): Ratio {
  return { numerator: denominator, denominator: numerator };
}

function times(a: Ratio, b: Ratio): Ratio {
  return reduced(a.numerator * b.numerator, a.denominator * b.denominator);
}

function areEqual(a: Ratio, b: Ratio): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

function reduced(numerator: bigint, denominator: bigint): Ratio {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}

/** "0.92" is 23 ÷ 25. */
function ratioOf(text: string): Ratio {
  const [whole = "", fraction = ""] = text.split(".");
  return reduced(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
}

/**
 * The allergens of what is made of all of these: contains > unknown > may contain > free, so one
 * unknown input is never "free from". Of nothing, nothing is known.
 */
export function joinAllergens(inputs: readonly Allergens[]): Allergens {
  const joined: Partial<Record<AllergenName, AllergenState>> = {};
  for (const name of allergenNames) {
    const state = joinStates(inputs.map((input) => input[name]));
    if (state !== undefined) joined[name] = state;
  }
  return joined as Allergens;
}

function joinStates(states: readonly (AllergenState | undefined)[]): AllergenState | undefined {
  if (states.includes("contains")) return "contains";
  if (states.length === 0 || states.includes(undefined)) return undefined;
  return states.includes("may_contain") ? "may_contain" : "free";
}

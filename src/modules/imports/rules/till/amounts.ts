import {
  type Decimal,
  decimal,
  decimalText,
  divide,
  moneyText,
  QUANTITY_PLACES,
  roundTo,
  ZERO,
} from "#platform/decimal.ts";
import type { TillMapping } from "../../model/till-mapping.ts";
import type { FlagCode } from "./flags.ts";
import { numberReader, type ReadNumber } from "./numbers.ts";

/** What a line says of number and money, above 0; `isReturn` is the sign. */
export interface Amounts {
  readonly quantity: string;
  readonly unitPrice: string;
  readonly total: string;
  readonly isReturn: boolean;
  readonly notices: readonly FlagCode[];
}

type Cells = readonly [quantity: string | undefined, price?: string, total?: string];

const remembered = 20_000;
const limit = decimal("1000000000000");

/** Reads quantity, price and total of a line; a till writes the same few again and again. */
export function amountsReader(mapping: TillMapping, minorDigits: number) {
  const readers = { quantity: quantityReader(mapping), money: numberReader(mapping) };
  const known = new Map<string, Amounts | FlagCode>();
  return (...cells: Cells): Amounts | FlagCode => {
    const key = cells.join("\n");
    let amounts = known.get(key);
    if (amounts === undefined) {
      amounts = amountsOf(readers, mapping, minorDigits, cells);
      if (known.size >= remembered) known.clear();
      known.set(key, amounts);
    }
    return amounts;
  };
}

type Reader = ReturnType<typeof numberReader>;

function quantityReader({ quantityDecimal, ...notation }: TillMapping): Reader {
  if (quantityDecimal === undefined) return numberReader(notation);
  const thousands = notation.thousands === quantityDecimal ? "" : notation.thousands;
  return numberReader({ ...notation, decimal: quantityDecimal, thousands });
}

function amountsOf(
  read: { readonly quantity: Reader; readonly money: Reader },
  mapping: TillMapping,
  minorDigits: number,
  [quantityCell, priceCell, totalCell]: Cells,
): Amounts | FlagCode {
  const one = { text: "1", isRounded: false };
  const quantity = quantityCell === undefined ? one : read.quantity(quantityCell);
  const price = priceCell === undefined ? undefined : read.money(priceCell);
  const total = totalCell === undefined ? undefined : read.money(totalCell);
  if (quantity === undefined) return "quantity";
  if (priceCell !== undefined && price === undefined) return "price";
  if (totalCell !== undefined && total === undefined) return "total";
  return judge(mapping, minorDigits, quantity, price, total);
}

function judge(
  mapping: TillMapping,
  minorDigits: number,
  quantityRead: ReadNumber,
  priceRead: ReadNumber | undefined,
  totalRead: ReadNumber | undefined,
): Amounts | FlagCode {
  const quantity = decimal(quantityRead.text);
  const price = priceRead && decimal(priceRead.text);
  const said = totalRead && decimal(totalRead.text);
  if (quantity.eq(ZERO)) return "zero_quantity";
  const exact = said ?? quantity.times(price ?? ZERO);
  const total = roundTo(exact, minorDigits);
  const isReturn = total.eq(ZERO) ? quantity.lt(ZERO) : total.lt(ZERO);
  if (isReturn && mapping.returns === "none") return "negative";
  const unitPrice = (price ?? divide(exact, quantity, QUANTITY_PLACES)).abs();
  if ([quantity.abs(), total.abs(), unitPrice].some((each) => each.gte(limit))) return "too_large";
  const isRounded = [quantityRead, priceRead, totalRead].some((each) => each?.isRounded);
  const notices: FlagCode[] = [];
  if (isRounded || (said !== undefined && !said.eq(total))) notices.push("rounded");
  if (total.eq(ZERO) && exact.eq(ZERO) && (price ?? said)) notices.push("zero_price");
  if (differs(price, said, quantity, minorDigits)) notices.push("total_differs");
  if (quantity.lt(ZERO) && price?.lt(ZERO)) notices.push("both_negative");
  return {
    quantity: decimalText(quantity.abs()),
    unitPrice: decimalText(unitPrice),
    total: moneyText(total.abs(), minorDigits),
    isReturn,
    notices,
  };
}

function differs(
  price: Decimal | undefined,
  said: Decimal | undefined,
  quantity: Decimal,
  minorDigits: number,
): boolean {
  if (price === undefined || said === undefined) return false;
  return !roundTo(price.times(quantity), minorDigits).eq(roundTo(said, minorDigits));
}

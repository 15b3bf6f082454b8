import {
  type Decimal,
  QUANTITY_PLACES,
  sum,
  takePart,
  VALUE_PLACES,
  ZERO,
} from "#platform/decimal.ts";
import { invariant } from "#platform/errors.ts";

/** What a line of a sale took from one layer, once; last taken first in a list. */
export interface Taken {
  readonly itemId: string;
  readonly layerId: string;
  readonly quantity: Decimal;
  readonly value: Decimal;
}

/** What it is short of, or was until a refund cancelled it. */
export interface ShortOf {
  readonly id: string;
  readonly itemId: string;
  readonly open: Decimal;
  readonly cancelled: Decimal;
}

/** What a layer has got back of the line before; late prices that the line bore count against. */
export interface GivenBack {
  readonly quantity: Decimal;
  readonly value: Decimal;
}

export interface ReturnQuestion {
  /** Of the line, in the unit it was sold in. */
  readonly sold: Decimal;
  readonly quantity: Decimal;
  /** The refunds of the line before, first to last, those without stock too. */
  readonly before: readonly Decimal[];
  readonly taken: readonly Taken[];
  readonly short: readonly ShortOf[];
  readonly givenBack: ReadonlyMap<string, GivenBack>;
}

export interface LayerReturn {
  readonly layerId: string;
  readonly quantity: Decimal;
  readonly value: Decimal;
}

export interface ItemReturn {
  readonly itemId: string;
  readonly layers: readonly LayerReturn[];
  readonly cancelled: readonly { readonly id: string; readonly quantity: Decimal }[];
}

/**
 * What goes back when part of a sold line does (domain rules 6), item by item: of each what is left
 * of it × quantity ÷ what is left of the line, by the take rule. What is short is cancelled first;
 * then layers get back what they gave, last taken first, each at the part of its own value.
 */
export function planReturn(question: ReturnQuestion): ItemReturn[] {
  const { taken, short } = question;
  const itemIds = new Set([...taken, ...short].map((each) => each.itemId));
  return [...itemIds].map((itemId) => {
    const isOfItem = (each: { readonly itemId: string }) => each.itemId === itemId;
    const took = taken.filter(isOfItem);
    const owed = short.filter(isOfItem);
    const whole = sum([
      ...took.map((each) => each.quantity),
      ...owed.map((each) => each.open.plus(each.cancelled)),
    ]);
    const { parts: cancelled, missing } = draw(shareOf(whole, question), owed, (each) => each.open);
    return {
      itemId,
      cancelled: cancelled.map(([each, quantity]) => ({ id: each.id, quantity })),
      layers: returnToLayers(missing, took, question.givenBack),
    };
  });
}

/** This refund's part of what the line took of an item, with all refunds before it counted. */
function shareOf(whole: Decimal, { sold, quantity, before }: ReturnQuestion): Decimal {
  let left = whole;
  let unsold = sold;
  for (const each of before) {
    left = left.minus(takePart(left, each, unsold, QUANTITY_PLACES));
    unsold = unsold.minus(each);
  }
  return takePart(left, quantity, unsold, QUANTITY_PLACES);
}

/** Takes a quantity from sources in their order. */
function draw<T>(wanted: Decimal, sources: readonly T[], has: (source: T) => Decimal) {
  let missing = wanted;
  const parts: [T, Decimal][] = [];
  for (const source of sources) {
    const available = has(source);
    const part = available.lt(missing) ? available : missing;
    if (part.eq(ZERO)) continue;
    parts.push([source, part]);
    missing = missing.minus(part);
  }
  return { parts, missing };
}

function returnToLayers(
  wanted: Decimal,
  taken: readonly Taken[],
  givenBack: ReadonlyMap<string, GivenBack>,
): LayerReturn[] {
  const layers = new Map<string, { quantity: Decimal; value: Decimal; back: Decimal }>();
  for (const { layerId, quantity, value } of taken) {
    const before = givenBack.get(layerId);
    const layer = layers.get(layerId) ?? {
      quantity: ZERO.minus(before?.quantity ?? ZERO),
      value: ZERO.minus(before?.value ?? ZERO),
      back: ZERO,
    };
    layer.quantity = layer.quantity.plus(quantity);
    layer.value = layer.value.plus(value);
    layers.set(layerId, layer);
  }
  const unreturned = new Map([...givenBack].map(([id, { quantity }]) => [id, quantity]));
  const rests = taken.map(({ layerId, quantity }) => {
    const back = unreturned.get(layerId) ?? ZERO;
    const gone = back.lt(quantity) ? back : quantity;
    unreturned.set(layerId, back.minus(gone));
    return { layerId, quantity: quantity.minus(gone) };
  });
  const { parts, missing } = draw(wanted, rests, (rest) => rest.quantity);
  invariant(missing.eq(ZERO), "a line gets back no more than it took");
  for (const [{ layerId }, quantity] of parts) {
    const layer = layers.get(layerId);
    if (layer) layer.back = layer.back.plus(quantity);
  }
  return [...layers]
    .filter(([, { back }]) => !back.eq(ZERO))
    .map(([layerId, { quantity, value, back }]) => {
      return { layerId, quantity: back, value: takePart(value, back, quantity, VALUE_PLACES) };
    });
}

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Decimal, decimal, decimalText, sum, ZERO } from "#platform/decimal.ts";
import {
  type GivenBack,
  type ItemReturn,
  planReturn,
  type ShortOf,
  type Taken,
} from "./returns.ts";

const taken = (layerId: string, quantity: string, value: string, itemId = "flour"): Taken => ({
  itemId,
  layerId,
  quantity: decimal(quantity),
  value: decimal(value),
});
const text = (value: Decimal) => decimalText(value);
const shown = (items: readonly ItemReturn[]) =>
  items.flatMap(({ itemId, layers, cancelled }) => [
    ...cancelled.map((each) => `${itemId} short ${text(each.quantity)}`),
    ...layers.map(
      (each) => `${itemId} ${each.layerId} ${text(each.quantity)} @ ${text(each.value)}`,
    ),
  ]);

interface Line {
  readonly sold: string;
  readonly taken: readonly Taken[];
  readonly short?: string;
}

/** Gives a line back in these parts, and says what each of them gave to which layer. */
function giveBack({ sold, taken: took, short = "0" }: Line, parts: readonly string[]) {
  const givenBack = new Map<string, GivenBack>();
  let [open, cancelled] = [decimal(short), ZERO];
  return parts.map((part, index) => {
    const shortfall: ShortOf = { id: "s", itemId: "flour", open, cancelled };
    const items = planReturn({
      sold: decimal(sold),
      quantity: decimal(part),
      before: parts.slice(0, index).map(decimal),
      taken: took,
      short: short === "0" ? [] : [shortfall],
      givenBack,
    });
    for (const { layers, cancelled: closed } of items) {
      const off = sum(closed.map((each) => each.quantity));
      [open, cancelled] = [open.minus(off), cancelled.plus(off)];
      for (const { layerId, quantity, value } of layers) {
        const before = givenBack.get(layerId) ?? { quantity: ZERO, value: ZERO };
        givenBack.set(layerId, {
          quantity: before.quantity.plus(quantity),
          value: before.value.plus(value),
        });
      }
    }
    return items;
  });
}

describe("what goes back to the shelf", () => {
  test("the layer that was taken last gets back first, at the part of its own value", () => {
    const line = { sold: "5", taken: [taken("new", "3", "10"), taken("old", "2", "1")] };
    expect(giveBack(line, ["1", "1", "2", "1"]).map(shown)).toEqual([
      ["flour new 1 @ 3.333333"],
      ["flour new 1 @ 3.333334"],
      ["flour new 1 @ 3.333333", "flour old 1 @ 0.5"],
      ["flour old 1 @ 0.5"],
    ]);
  });

  test("what is short is cancelled before a layer gets anything", () => {
    const line = { sold: "3", taken: [taken("a", "1", "2")], short: "2" };
    expect(giveBack(line, ["1", "2"]).map(shown)).toEqual([
      ["flour short 1"],
      ["flour short 1", "flour a 1 @ 2"],
    ]);
  });

  test("a part of what was made to order gives back that part of each ingredient", () => {
    const line = { sold: "3", taken: [taken("f", "0.2", "1"), taken("b", "0.1", "1", "butter")] };
    expect(giveBack(line, ["1", "1", "1"]).map(shown)).toEqual([
      ["flour f 0.066667 @ 0.333335", "butter b 0.033333 @ 0.33333"],
      ["flour f 0.066667 @ 0.333335", "butter b 0.033334 @ 0.33334"],
      ["flour f 0.066666 @ 0.33333", "butter b 0.033333 @ 0.33333"],
    ]);
  });

  test("a refund without stock keeps its part for good", () => {
    const [only] = [
      planReturn({
        sold: decimal("3"),
        quantity: decimal("2"),
        before: [decimal("1")],
        taken: [taken("a", "3", "3")],
        short: [],
        givenBack: new Map(),
      }),
    ];
    expect(shown(only ?? [])).toEqual(["flour a 2 @ 2"]);
  });

  test("a late price that the line bore goes back with the stock", () => {
    const givenBack = new Map([["a", { quantity: ZERO, value: decimal("-1.5") }]]);
    const question = { sold: decimal("3"), before: [], short: [], givenBack };
    const took = [taken("a", "3", "3")];
    const plan = planReturn({ ...question, quantity: decimal("3"), taken: took });
    expect(shown(plan)).toEqual(["flour a 3 @ 4.5"]);
  });

  test("a layer taken twice gets back at one value, in the order it was taken from", () => {
    const took = [taken("a", "1", "5"), taken("b", "1", "2"), taken("a", "1", "1")];
    expect(giveBack({ sold: "3", taken: took }, ["1", "2"]).map(shown)).toEqual([
      ["flour a 1 @ 3"],
      ["flour a 1 @ 3", "flour b 1 @ 2"],
    ]);
  });

  test("all parts of a line add up to what it took and was short of, however it is cut", () => {
    const micro = fc.integer({ min: 1, max: 9_000_000 });
    const layer = fc.record({ quantity: micro, value: fc.integer({ min: 0, max: 9_000_000 }) });
    const question = fc.record({
      layers: fc.array(layer, { minLength: 1, maxLength: 5 }),
      short: fc.option(micro, { nil: 0 }),
      cuts: fc.array(micro, { minLength: 1, maxLength: 8 }),
    });
    const six = (value: number) => (value / 1e6).toFixed(6);
    fc.assert(
      fc.property(question, ({ layers, short, cuts }) => {
        const took = layers.map(({ quantity, value }, index) =>
          taken(`l${index}`, six(quantity), six(value)),
        );
        const parts = cuts.map(six);
        const sold = text(sum(parts.map(decimal)));
        const line = { sold, taken: took, short: short === 0 ? "0" : six(short) };
        const items = giveBack(line, parts).flat();
        const back = items.flatMap((item) => item.layers);
        for (const { layerId, quantity, value } of took) {
          const ofLayer = back.filter((each) => each.layerId === layerId);
          expect(text(sum(ofLayer.map((each) => each.quantity)))).toBe(text(quantity));
          expect(text(sum(ofLayer.map((each) => each.value)))).toBe(text(value));
        }
        const cancelled = items.flatMap((item) => item.cancelled.map((each) => each.quantity));
        expect(text(sum(cancelled))).toBe(text(decimal(line.short)));
      }),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Formula } from "./formula.ts";
import { largestOf, type PlanQuestion, planOutput } from "./plan.ts";
import { microsOf, microsText, NOTHING, ratioOf } from "./ratio.ts";

function formula(
  itemId: string,
  made: string,
  lines: Record<string, string>,
  minutes = "0",
): Formula {
  return {
    recipeId: itemId,
    version: 1,
    itemId,
    yield: ratioOf(made),
    dough: null,
    lines: Object.entries(lines).map(([used, quantity]) => ({
      itemId: used,
      written: ratioOf(quantity),
      unit: "kg",
      quantity: ratioOf(quantity),
      bakersPercent: null,
    })),
    labourMinutes: ratioOf(minutes),
    overhead: NOTHING,
  };
}

const dough = formula("dough", "3", { flour: "2", butter: "0.25" }, "30");
const loaf = formula("loaf", "7", { dough: "5", butter: "0.1" }, "20");
const formulas = new Map([["dough", dough]]);

function ask(output: string, fields: Partial<PlanQuestion> = {}, stock?: Record<string, string>) {
  const stockOf = stock && ((itemId: string) => microsOf(stock[itemId] ?? "0"));
  const question = { root: loaf, formulas, explode: true, stockingOf: () => "stocked" as const };
  return planOutput({ ...question, output: microsOf(output), stockOf, ...fields });
}

const taken = (plan: ReturnType<typeof ask>) =>
  Object.fromEntries(plan.lines.map((line) => [line.itemId, microsText(line.quantity)]));

describe("what a run takes (domain rules 7)", () => {
  test("without exploding, sub-recipes come from stock as written", () => {
    expect(taken(ask("7", { explode: false }))).toEqual({ dough: "5", butter: "0.1" });
  });

  test("a sub-recipe is taken from stock and only its shortage is made", () => {
    const plan = ask("7", {}, { dough: "2", flour: "9", butter: "9" });
    expect(taken(plan)).toEqual({ dough: "2", flour: "2", butter: "0.35" });
    expect(plan.made.map((made) => microsText(made.quantity))).toEqual(["3"]);
    expect(plan.labourMinutes).toEqual(ratioOf("50"));
  });

  test("what several recipes share is added up before it is rounded", () => {
    const thirds = formula("cake", "3", { dough: "1", flour: "1" });
    const plan = ask("1", { root: thirds }, { flour: "9", butter: "9" });
    // 1/3 + 1/3 × 2/3 = 5/9 of flour: rounded once.
    expect(taken(plan)["flour"]).toBe("0.555556");
  });

  test("what is made to order is always made, what is not kept is used and not taken", () => {
    const stockingOf = (itemId: string) =>
      itemId === "dough" ? ("made_to_order" as const) : ("stocked" as const);
    const plan = ask("7", { explode: false, stockingOf });
    expect(taken(plan)).toEqual({ dough: "0", flour: "3.333333", butter: "0.516667" });
    expect(ask("7", { formulas: new Map(), stockingOf }).unmakeable).toEqual(["dough"]);
    const free = ask("7", { explode: false, stockingOf: () => "none" }, {});
    expect(free.lines.every((line) => line.short === 0n)).toBe(true);
  });

  test("what the baker says replaces only what it names; 0 is unused", () => {
    const replaced = new Map([
      ["butter", 0n],
      ["rye", microsOf("1.5")],
    ]);
    const plan = ask("7", { explode: false, replaced });
    expect(taken(plan)).toEqual({ dough: "5", butter: "0", rye: "1.5" });
    const lines = new Map(plan.lines.map((line) => [line.itemId, microsText(line.planned)]));
    expect(lines.get("butter")).toBe("0.1");
    expect(lines.get("rye")).toBe("0");
  });

  test("a need too small for the books is named", () => {
    expect(ask("0.000001", { explode: false }).vanishing).toEqual(["butter"]);
  });
});

describe("how much can be made", () => {
  const stocks = fc.record({
    dough: fc.integer({ min: 0, max: 20_000_000 }),
    flour: fc.integer({ min: 0, max: 20_000_000 }),
    butter: fc.integer({ min: 0, max: 5_000_000 }),
  });

  test("the answer is enough and a step more is not, with and without exploding", () => {
    fc.assert(
      fc.property(stocks, fc.boolean(), fc.constantFrom(1n, 1_000_000n), (stock, explode, step) => {
        const stockOf = (itemId: string) => BigInt(stock[itemId as keyof typeof stock] ?? 0);
        const stockingOf = () => "stocked" as const;
        const isEnough = (output: bigint) =>
          planOutput({ root: loaf, formulas, output, stockOf, stockingOf, explode }).lines.every(
            (line) => line.short === 0n,
          );
        const most = largestOf(step, 10n ** 18n, isEnough);
        expect(isEnough(most)).toBe(true);
        expect(isEnough(most + step)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

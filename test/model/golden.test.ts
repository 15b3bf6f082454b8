import { describe, expect, test } from "bun:test";
import { allocateMicro, micro, microText } from "./micro.ts";
import { Oracle } from "./oracle.ts";

// The numbers of the domain rules, so that the oracle does not err along with the product.

const start = Date.parse("2026-03-27T12:00:00Z");
const rule = { order: "fifo", stocking: "stocked", shelfLifeDays: null } as const;
const here = { site: 0, at: start };

function open(needs: Readonly<Record<string, string>>): Oracle {
  const ingredients = Object.entries(needs).map(([item, quantity]) => {
    return { item, quantity: micro(quantity) };
  });
  const bread = { item: "loaf", yields: micro("1"), overhead: 0n, ingredients };
  const items = { flour: rule, loaf: rule };
  const zones = ["Europe/Dublin", "Atlantic/Azores"];
  const oracle = new Oracle({ zones, cutoverHours: 4, items, recipes: { bread } });
  oracle.now = start;
  return oracle;
}

const receive = (oracle: Oracle, name: string, item: string, quantity: string, cost: string) => {
  const line = { item, quantity: micro(quantity), cost: micro(cost), expiresOn: null };
  oracle.receive(name, here, [line]);
};
const bake = (oracle: Oracle, planned: string, actual = planned) => {
  const request = { ...here, recipe: "bread", consumed: [], explodes: false };
  return oracle.run("run", { ...request, planned: micro(planned), actual: micro(actual) });
};
const sell = (oracle: Oracle, name: string, item: string, quantity: string) => {
  const sold = { ...here, till: "till", sellsThrough: true };
  const { lines } = oracle.sell(name, [{ item, quantity: micro(quantity) }], sold);
  return microText(lines[0]?.cost ?? 0n);
};
const texts = (values: readonly bigint[]) => values.map(microText);
const refund = (oracle: Oracle, name: string, quantity: string) => {
  const line = { line: 0, quantity: micro(quantity), disposition: "restock" } as const;
  return oracle.refund("sale", name, [line]).map(({ cost }) => microText(cost));
};

describe("the oracle agrees with the numbers of the domain rules", () => {
  test("ALLOC(100.00; 1, 1, 1) is 33.34, 33.33, 33.33 in cents", () => {
    expect(allocateMicro(10_000n, [1n, 1n, 1n])).toEqual([3_334n, 3_333n, 3_333n]);
  });

  test("3 units worth 10, one at a time: 3.333333, 3.333334, 3.333333, and 0 remains", () => {
    const oracle = open({});
    receive(oracle, "receive", "flour", "3", "10");
    const costs = ["a", "b", "c"].map((name) => sell(oracle, name, "flour", "1"));
    expect(costs).toEqual(["3.333333", "3.333334", "3.333333"]);
    expect(oracle.state.layers[0]).toMatchObject({ quantity: 0n, value: 0n });
  });

  test("1 at 0 and 1 at 50 make a product of 50", () => {
    const oracle = open({ flour: "2" });
    receive(oracle, "free", "flour", "1", "0");
    receive(oracle, "dear", "flour", "1", "50");
    expect(microText(bake(oracle, "1").value)).toBe("50");
  });

  test("cost 100, expected 50, actual 40: 20 is waste, each of 40 costs 2", () => {
    const oracle = open({ flour: "2" });
    receive(oracle, "receive", "flour", "100", "100");
    expect(microText(bake(oracle, "50", "40").value)).toBe("80");
  });

  test("100 kg at 1.00, 60 used for 30 loaves, 20 sold; at 1.50 the 50 are 20 + 10 + 20", () => {
    const oracle = open({ flour: "2" });
    receive(oracle, "receive", "flour", "100", "100");
    bake(oracle, "30");
    sell(oracle, "sale", "loaf", "20");
    const went = oracle.correct("receive", [{ line: 0, cost: micro("150") }]);
    expect(texts(oracle.state.layers.map(({ value }) => value))).toEqual(["60", "30"]);
    expect({ stock: microText(went.stock), sale: microText(went.sale) }).toEqual({
      stock: "30",
      sale: "20",
    });
    expect(microText(oracle.saleLineNow("sale", 0).cost)).toBe("60");
  });

  test("15000 counted as 13000 before a sale of 2000 that was recorded earlier: 11000 remain", () => {
    const oracle = open({});
    receive(oracle, "receive", "flour", "15000", "15000");
    oracle.now = start + 14 * 3_600_000;
    const sold = { site: 0, at: oracle.now, till: "till", sellsThrough: true };
    oracle.sell("sale", [{ item: "flour", quantity: micro("2000") }], sold);
    const count = { site: 0, at: start + 60_000 };
    oracle.count("count", count, [{ item: "flour", quantity: micro("13000") }]);
    expect(microText(oracle.state.layers[0]?.quantity ?? 0n)).toBe("11000");
  });

  test("a transfer takes lot, value and age along", () => {
    const oracle = open({});
    receive(oracle, "receive", "flour", "3", "10");
    oracle.now = start + 3_600_000;
    const line = { item: "flour", quantity: micro("1") };
    const [value = 0n] = oracle.transfer("transfer", { site: 0, at: oracle.now }, 1, [line]);
    expect(microText(value)).toBe("3.333333");
    const arrived = { site: 1, lot: "receive/0", effectiveAt: start, arrivedAt: oracle.now };
    expect(oracle.state.layers[1]).toMatchObject(arrived);
  });

  test("refunds of a sale equal its cost: the last takes the residue, a late price included", () => {
    const oracle = open({});
    receive(oracle, "receive", "flour", "3", "10");
    sell(oracle, "sale", "flour", "3");
    expect(refund(oracle, "first", "1")).toEqual(["3.333333"]);
    oracle.correct("receive", [{ line: 0, cost: micro("13") }]);
    // Of the 3 that came late the shelf bears 1, the sale 2: 8.666667 is not given back.
    expect(refund(oracle, "second", "1")).toEqual(["4.333334"]);
    expect(refund(oracle, "third", "1")).toEqual(["4.333333"]);
    expect(microText(oracle.state.layers[0]?.value ?? 0n)).toBe("13");
  });

  test("what was thrown away and found an hour later was not there in between", () => {
    const oracle = open({});
    receive(oracle, "receive", "flour", "3", "10");
    oracle.waste("waste", 0, [{ item: "flour", quantity: micro("3") }]);
    oracle.now = start + 3_600_000;
    oracle.undoDocument("waste");
    const sold = { site: 0, at: start + 1_800_000, till: undefined, sellsThrough: false };
    const line = { item: "flour", quantity: micro("1") };
    expect(() => oracle.sell("early", [line], sold)).toThrow("stock.short");
    oracle.sell("late", [line], { ...sold, at: oracle.now });
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { allocate, decimal } from "#platform/decimal.ts";
import {
  allocateMicros,
  type Consumer,
  type CostedLayer,
  type RunShare,
  spreadCorrection,
} from "./price-correction.ts";

const sumOf = (values: readonly bigint[]) => values.reduce((sum, each) => sum + each, 0n);
const micros = fc.bigInt({ min: 0n, max: 10n ** 13n });

describe("ALLOC in millionths", () => {
  test("splits as the decimal ALLOC does, and a negative total is its mirror image", () => {
    const weights = fc.array(micros, { minLength: 1, maxLength: 8 });
    const property = fc.property(micros, weights, (total, parts) => {
      fc.pre(sumOf(parts) > 0n);
      const plain = allocate(
        decimal(String(total)),
        parts.map((each) => decimal(String(each))),
        0,
      );
      const split = allocateMicros(total, parts);
      expect(split).toEqual(plain.map((each) => BigInt(each.toFixed(0))));
      const mirrored = allocateMicros(-total, parts).map((part) => -part);
      expect(mirrored).toEqual(split);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

type Layer = CostedLayer<Consumer>;

interface Books {
  readonly layers: readonly Layer[];
  readonly shares: readonly RunShare[];
  readonly differences: ReadonlyMap<string, bigint>;
}

const consumerOf = (kind: Consumer["kind"], target: string, quantity: bigint): Consumer => {
  return { kind, target, quantity, cost: quantity };
};

/** Books at 1 a unit: layers that receipts brought, runs of what came before, transfers, takers. */
const books = fc
  .record({
    receipts: fc.array(fc.integer({ min: 20, max: 60_000_000 }), { minLength: 1, maxLength: 3 }),
    steps: fc.array(
      fc.record({
        kind: fc.constantFrom("run", "run", "transfer", "sale", "waste", "count", "return"),
        from: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        part: fc.integer({ min: 1, max: 100 }),
        good: fc.integer({ min: 0, max: 9 }),
        lost: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 14 },
    ),
    differences: fc.array(fc.integer({ min: -1_000_000, max: 90_000_000 }), { minLength: 3 }),
  })
  .map(({ receipts, steps, differences }): Books => {
    const layers = receipts.map((quantity, index) => ({
      id: `receipt ${index}`,
      quantity: BigInt(quantity),
      value: 0n,
      consumers: [] as Consumer[],
    }));
    const shares: RunShare[] = [];
    steps.forEach((step, number) => {
      const isWhole = step.kind === "run" || step.kind === "transfer";
      const sources = step.kind === "run" ? step.from : step.from.slice(0, 1);
      const taken = new Map(sources.map((each) => [layers[each % layers.length], 0n]));
      for (const layer of taken.keys()) {
        if (!layer) continue;
        const quantity = (layer.quantity * BigInt(step.part)) / 100n;
        if (quantity === 0n) continue;
        const target = `${step.kind} ${number}`;
        layer.consumers.push(consumerOf(step.kind, target, quantity));
        layer.quantity -= quantity;
        taken.set(layer, quantity);
      }
      const quantity = sumOf([...taken.values()]);
      if (!isWhole || quantity === 0n) return;
      const target = `${step.kind} ${number}`;
      const isMade = step.kind === "transfer" || step.good > 0;
      if (step.kind === "run") {
        const lost = BigInt(step.good + step.lost === 0 ? 1 : step.lost);
        const layerId = isMade ? target : null;
        shares.push({ runId: target, layerId, good: BigInt(step.good), lost });
      }
      if (isMade) layers.push({ id: target, quantity, value: 0n, consumers: [] });
    });
    for (const layer of layers) layer.value = layer.quantity;
    return {
      layers,
      shares,
      differences: new Map(
        receipts.map((quantity, index) => {
          const wanted = BigInt(differences[index] ?? 0);
          return [`receipt ${index}`, wanted < -quantity ? BigInt(-quantity) : wanted];
        }),
      ),
    };
  });

/** The same asked backwards: what a layer is due comes from those it was made of, each asked once. */
function oracle({ layers, shares, differences }: Books) {
  const split = (total: bigint, weights: readonly bigint[]) =>
    weights.every((each) => each === 0n)
      ? weights
      : allocate(
          decimal(String(total)),
          weights.map((each) => decimal(String(each))),
          0,
        ).map((each) => BigInt(each.toFixed(0)));
  const known = new Map<Layer, readonly bigint[]>();
  const partsOf = (layer: Layer): readonly bigint[] => {
    const parts =
      known.get(layer) ??
      split(dueTo(layer), [layer.quantity, ...layer.consumers.map((each) => each.quantity)]);
    known.set(layer, parts);
    return parts;
  };
  const reaching = (target: string) =>
    sumOf(
      layers.flatMap((layer) =>
        layer.consumers.flatMap((by, index) =>
          by.target === target ? [partsOf(layer)[index + 1] ?? 0n] : [],
        ),
      ),
    );
  const ofRun = (run: RunShare) => split(reaching(run.runId), [run.good, run.lost]);
  const dueTo = (layer: Layer): bigint => {
    const run = shares.find((each) => each.layerId === layer.id);
    const made = run ? (ofRun(run)[0] ?? 0n) : reaching(layer.id);
    return (differences.get(layer.id) ?? 0n) + made;
  };
  const stays = (kind: Consumer["kind"]) => kind !== "run" && kind !== "transfer";
  return {
    kept: layers.flatMap((layer) => {
      const value = partsOf(layer)[0] ?? 0n;
      return value === 0n ? [] : [[layer.id, value] as const];
    }),
    borne: layers.flatMap((layer) =>
      layer.consumers.flatMap((by, index) => {
        const value = partsOf(layer)[index + 1] ?? 0n;
        return stays(by.kind) && value !== 0n ? [[layer.id, by.target, value] as const] : [];
      }),
    ),
    lost: shares.flatMap((run) => {
      const value = ofRun(run)[1] ?? 0n;
      return value === 0n ? [] : [[run.runId, value] as const];
    }),
  };
}

const spread = ({ differences, layers, shares }: Books) =>
  spreadCorrection(differences, layers, shares);

const inOrder = (rows: readonly (readonly unknown[])[]) => rows.map(String).toSorted();

describe("where a late price goes", () => {
  test("a rising one goes as the naive closure says, each layer once with all that reaches it", () => {
    const property = fc.property(books, (each) => {
      const rising = new Map([...each.differences].map(([id, d]) => [id, d < 0n ? -d : d]));
      const given = { ...each, differences: rising };
      const { kept, borne, lost } = spread(given);
      const expected = oracle(given);
      expect(inOrder([...kept])).toEqual(inOrder(expected.kept));
      const flat = borne.map(({ layerId, by, value }) => [layerId, by.target, value]);
      expect(inOrder(flat)).toEqual(inOrder(expected.borne));
      const losses = lost.map(({ share, value }) => [share.runId, value]);
      expect(inOrder(losses)).toEqual(inOrder(expected.lost));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("all of it goes somewhere, and no layer or taker gives back more than they cost", () => {
    const property = fc.property(books, fc.boolean(), (each, isToZero) => {
      const whole = (id: string) => {
        const layer = each.layers.find((one) => one.id === id);
        return -sumOf([layer?.value ?? 0n, ...(layer?.consumers ?? []).map((one) => one.cost)]);
      };
      const differences = isToZero
        ? new Map([...each.differences.keys()].map((id) => [id, whole(id)]))
        : each.differences;
      const { kept, borne, lost } = spread({ ...each, differences });
      const parts = [...kept.values(), ...[...borne, ...lost].map(({ value }) => value)];
      expect(sumOf(parts)).toBe(sumOf([...differences.values()]));
      for (const layer of each.layers) {
        expect(layer.value + (kept.get(layer.id) ?? 0n) >= 0n).toBe(true);
        if (layer.quantity === 0n) expect(kept.get(layer.id)).toBeUndefined();
      }
      for (const { by, value } of borne) expect(by.cost + value >= 0n).toBe(true);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("a millionth that rounding asks of an empty purse is given by the others, in their order", () => {
    const takers = [consumerOf("sale", "a", 1n), { ...consumerOf("waste", "b", 1n), cost: 2n }];
    const layer = { id: "l", quantity: 1n, value: 0n, consumers: takers };
    const { kept, borne } = spreadCorrection(new Map([["l", -3n]]), [layer], []);
    expect([...kept]).toEqual([]);
    expect(borne.map(({ by, value }) => [by.target, value])).toEqual([
      ["a", -1n],
      ["b", -2n],
    ]);
  });

  test("what a run's output cannot bear is a gain of the run", () => {
    const layers = [
      { id: "milk", quantity: 0n, value: 0n, consumers: [consumerOf("run", "r", 10n)] },
      { id: "cheese", quantity: 4n, value: 2n, consumers: [] },
    ];
    const run = { runId: "r", layerId: "cheese", good: 10n, lost: 0n };
    const { kept, lost } = spreadCorrection(new Map([["milk", -10n]]), layers, [run]);
    expect([...kept]).toEqual([["cheese", -2n]]);
    expect(lost).toEqual([{ share: run, value: -8n }]);
  });
});

import { invariant } from "#platform/errors.ts";
import type { Formula } from "./formula.ts";
import {
  type Micros,
  minus,
  NOTHING,
  ofMicros,
  over,
  plus,
  type Ratio,
  times,
  toMicros,
} from "./ratio.ts";

export type Stocking = "stocked" | "made_to_order" | "none";

export interface PlanQuestion {
  readonly root: Formula;
  /** Wanted, in the stock unit of what the root makes. */
  readonly output: Micros;
  /** What can be made below the root, by item; no cycles. */
  readonly formulas: ReadonlyMap<string, Formula>;
  readonly stockingOf: (itemId: string) => Stocking;
  /** Make what is short from its own ingredients; needs `stockOf`. */
  readonly explode: boolean;
  /** What may be taken; without it stock counts as enough. */
  readonly stockOf?: ((itemId: string) => Micros) | undefined;
  /** What the baker says was used of an item, in place of the plan. */
  readonly replaced?: ReadonlyMap<string, Micros> | undefined;
}

export interface PlanLine {
  readonly itemId: string;
  readonly stocking: Stocking;
  /** By the recipe, rounded once to the books' 6 places. */
  readonly planned: Micros;
  /** To take from stock, or, for what is not kept in stock, to use. */
  readonly quantity: Micros;
  /** The part of `quantity` that stock cannot give. */
  readonly short: Micros;
}

/** What is made on the way, because there is none or not enough of it. */
interface MadeOnTheWay {
  readonly formula: Formula;
  readonly quantity: Micros;
}

export interface Plan {
  readonly lines: readonly PlanLine[];
  readonly made: readonly MadeOnTheWay[];
  /** Made to order but without a recipe. */
  readonly unmakeable: readonly string[];
  /** Needed, but less than the books can say. */
  readonly vanishing: readonly string[];
  readonly labourMinutes: Ratio;
  readonly overhead: Ratio;
}

/**
 * What a run of `output` takes. Needs of one item are added up over all that use it before anything
 * is taken or made, and stay exact until they are taken (domain rules 7, 10). Grows with `output`:
 * more output never takes less of anything from the bottom.
 */
export function planOutput(question: PlanQuestion): Plan {
  const { root, formulas, replaced } = question;
  const needs = new Map<string, Ratio>();
  const state = { lines: [] as PlanLine[], made: [] as MadeOnTheWay[] };
  const unmakeable: string[] = [];
  const vanishing: string[] = [];
  let labourMinutes = NOTHING;
  let overhead = NOTHING;
  const make = (formula: Formula, quantity: Ratio) => {
    const factor = over(quantity, formula.yield);
    for (const line of formula.lines) {
      const more = times(line.quantity, factor);
      needs.set(line.itemId, plus(needs.get(line.itemId) ?? NOTHING, more));
    }
    labourMinutes = plus(labourMinutes, times(formula.labourMinutes, factor));
    overhead = plus(overhead, times(formula.overhead, factor));
  };
  make(root, ofMicros(question.output));
  const added = [...(replaced?.keys() ?? [])];
  for (const itemId of orderOf(root, formulas, added)) {
    const planned = needs.get(itemId) ?? NOTHING;
    const said = replaced?.get(itemId);
    if (planned.numerator === 0n && said === undefined) continue;
    const need = said === undefined ? planned : ofMicros(said);
    const { line, rest } = takeFor(question, itemId, need);
    const formula = formulas.get(itemId);
    if (rest.numerator > 0n && formula) {
      make(formula, rest);
      state.made.push({ formula, quantity: toMicros(rest) });
    } else if (rest.numerator > 0n) {
      unmakeable.push(itemId);
    }
    if (need.numerator > 0n && toMicros(need) === 0n) vanishing.push(itemId);
    state.lines.push({ ...line, planned: toMicros(planned) });
  }
  return { ...state, unmakeable, vanishing, labourMinutes, overhead };
}

interface Taking {
  readonly line: PlanLine;
  /** What must be made instead. */
  readonly rest: Ratio;
}

function takeFor(question: PlanQuestion, itemId: string, need: Ratio): Taking {
  const stocking = question.stockingOf(itemId);
  const wanted = toMicros(need);
  const line = { itemId, stocking, planned: wanted, quantity: wanted, short: 0n };
  if (stocking === "none") return { line, rest: NOTHING };
  if (stocking === "made_to_order") return { line: { ...line, quantity: 0n }, rest: need };
  const stock = question.stockOf?.(itemId);
  if (stock === undefined || stock >= wanted) return { line, rest: NOTHING };
  if (!question.explode || !question.formulas.has(itemId)) {
    return { line: { ...line, short: wanted - stock }, rest: NOTHING };
  }
  return { line: { ...line, quantity: stock }, rest: minus(need, ofMicros(stock)) };
}

/**
 * Every item below the root, each before what it is made of; the root's own lines first where they
 * can be.
 */
function orderOf(
  root: Formula,
  formulas: ReadonlyMap<string, Formula>,
  added: readonly string[],
): readonly string[] {
  const done: string[] = [];
  const seen = new Map<string, "open" | "done">();
  const visit = (itemId: string): void => {
    const known = seen.get(itemId);
    invariant(known !== "open", "recipes have no cycle");
    if (known === "done") return;
    seen.set(itemId, "open");
    const lines = formulas.get(itemId)?.lines ?? [];
    for (let index = lines.length - 1; index >= 0; index--) visit(lines[index]?.itemId ?? itemId);
    seen.set(itemId, "done");
    done.push(itemId);
  };
  for (const itemId of added.toReversed()) visit(itemId);
  for (const line of root.lines.toReversed()) visit(line.itemId);
  return done.reverse();
}

/**
 * The largest multiple of `step`, up to `most`, for which `isEnough` holds; it holds for all below.
 */
export function largestOf(
  step: Micros,
  most: Micros,
  isEnough: (output: Micros) => boolean,
): Micros {
  let [low, high] = [0n, most / step];
  if (isEnough(high * step)) return high * step;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (isEnough(middle * step)) low = middle;
    else high = middle;
  }
  return low * step;
}

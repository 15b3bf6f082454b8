import { divideRounded, type Micro } from "./micro.ts";

export interface ItemRule {
  readonly order: "fifo" | "fefo";
  readonly stocking: "stocked" | "made_to_order" | "none";
  readonly shelfLifeDays: number | null;
}

export interface RecipeRule {
  readonly item: string;
  readonly yields: Micro;
  readonly overhead: Micro;
  readonly ingredients: readonly { readonly item: string; readonly quantity: Micro }[];
}

/** What does not change in a sequence. */
export interface Rules {
  /** Of each site, by its number. */
  readonly zones: readonly string[];
  readonly cutoverHours: number;
  readonly items: Readonly<Record<string, ItemRule>>;
  readonly recipes: Readonly<Record<string, RecipeRule>>;
}

/** Millionths that need not be whole: numerator ÷ denominator. */
interface Part {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const whole = (value: Micro): Part => ({ numerator: value, denominator: 1n });
const sum = (a: Part, b: Part): Part => ({
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
});
const rounded = ({ numerator, denominator }: Part): Micro => divideRounded(numerator, denominator);

export interface Need {
  readonly item: string;
  readonly quantity: Micro;
}

export interface Plan {
  /** To take from stock, rounded once an item. */
  readonly needs: readonly Need[];
  /** Of all that is made, rounded once. */
  readonly overhead: Micro;
  /** An item of which less is needed than the books can say. */
  readonly isTooSmall: boolean;
}

export interface PlanQuestion {
  readonly recipe: RecipeRule;
  readonly output: Micro;
  /** What the baker says was used, in place of the plan. */
  readonly said?: readonly Need[];
  /** On hand and usable of an item; what is short is then made from its own recipe. */
  readonly stockOf?: (item: string) => Micro;
}

/** What an output takes: needs are exact and added up an item before any is taken or made. */
export function planOf(rules: Rules, { recipe, output, said = [], stockOf }: PlanQuestion): Plan {
  // Only sub-recipes are made on the way: what else the baker threw in is taken, never made.
  const recipeOf = (item: string) =>
    isMadeOf(rules, recipe.item, item)
      ? Object.values(rules.recipes).find((each) => each.item === item)
      : undefined;
  const needs = new Map<string, Part>();
  let overhead = whole(0n);
  const make = (made: RecipeRule, { numerator, denominator }: Part) => {
    const scaled = (value: Micro): Part => ({
      numerator: value * numerator,
      denominator: denominator * made.yields,
    });
    for (const { item, quantity } of made.ingredients) {
      needs.set(item, sum(needs.get(item) ?? whole(0n), scaled(quantity)));
    }
    overhead = sum(overhead, scaled(made.overhead));
  };
  make(recipe, whole(output));
  for (const { item } of said) needs.set(item, needs.get(item) ?? whole(0n));
  const taken: Need[] = [];
  let isTooSmall = false;
  while (needs.size > 0) {
    // First what nothing else that is still needed can be made of: all its needs are known.
    const waiting = [...needs.keys()];
    const item =
      waiting.find((each) => !waiting.some((other) => isMadeOf(rules, other, each))) ?? "";
    const need = replaced(said, item) ?? needs.get(item) ?? whole(0n);
    needs.delete(item);
    const made = recipeOf(item);
    const wanted = rounded(need);
    if (need.numerator > 0n && wanted === 0n) isTooSmall = true;
    const { stocking } = rules.items[item] ?? { stocking: "none" };
    if (stocking === "made_to_order") {
      if (made !== undefined && need.numerator > 0n) make(made, need);
    } else if (stocking === "stocked") {
      const stock = stockOf?.(item) ?? wanted;
      const isMade = made !== undefined && stock < wanted;
      taken.push({ item, quantity: isMade ? stock : wanted });
      if (isMade) make(made, sum(need, whole(-stock)));
    }
  }
  return {
    needs: taken.filter(({ quantity }) => quantity > 0n),
    overhead: rounded(overhead),
    isTooSmall,
  };
}

function replaced(said: readonly Need[], item: string): Part | undefined {
  const found = said.find((each) => each.item === item);
  return found === undefined ? undefined : whole(found.quantity);
}

function isMadeOf(rules: Rules, product: string, item: string): boolean {
  const recipe = Object.values(rules.recipes).find((each) => each.item === product);
  return (
    recipe?.ingredients.some((each) => each.item === item || isMadeOf(rules, each.item, item)) ===
    true
  );
}

import { addDays, businessDate } from "./calendar.ts";
import { bring, putBack, Refusal, take, usable, type Want } from "./ledger.ts";
import { allocateMicro, type Micro } from "./micro.ts";
import { planOf } from "./rules.ts";
import type { Line } from "./site-books.ts";
import { StockOracle } from "./stock-oracle.ts";

export interface SoldLine {
  readonly cost: Micro | null;
  readonly short: Micro;
}

/**
 * The books of one site, as the domain rules tell them: arrays, whole numbers, and no cleverness.
 * Each command either happens or throws a Refusal and leaves nothing.
 */
export class Oracle extends StockOracle {
  sell(
    document: string,
    lines: readonly Line[],
    given: {
      readonly at: number;
      readonly till: string | undefined;
      readonly sellsThrough: boolean;
    },
  ): { readonly number: number | null; readonly lines: SoldLine[] } {
    return this.whole(() => {
      const { at, till } = given;
      if (given.sellsThrough && till === undefined) throw new Refusal(422, "sales.needs_till");
      this.inWindow(at, "sales.moment");
      const wants = lines.flatMap((line, index) => this.#wantsOf(line, document, index));
      const taken = take(this.state, wants, this.picking(at, "eligible"), this.mistakes);
      if (!given.sellsThrough && taken.some(({ missing }) => missing > 0n)) {
        throw new Refusal(409, "stock.short");
      }
      wants.forEach(({ item, line }, index) => {
        const open = taken[index]?.missing ?? 0n;
        if (open === 0n) return;
        this.state.shortfalls.push({
          item,
          document,
          line,
          open,
          changes: [{ at, quantity: open }],
        });
      });
      const { zone, cutoverHours } = this.rules;
      const date = businessDate(at, zone, cutoverHours);
      this.state.sales.push({ document, businessDate: date, isVoided: false });
      const sold = lines.map((_, line) => {
        const ofLine = taken.filter((__, index) => wants[index]?.line === line);
        const short = ofLine.reduce((sum, { missing }) => sum + missing, 0n);
        return {
          cost: ofLine.length === 0 ? null : ofLine.reduce((sum, { value }) => sum + value, 0n),
          short,
        };
      });
      return { number: till === undefined ? null : this.#nextNumber(till), lines: sold };
    });
  }

  voidSale(document: string): void {
    this.whole(() => {
      const sale = this.state.sales.find((each) => each.document === document);
      if (sale === undefined) throw new Refusal(404, "sales.not_found");
      const { zone, cutoverHours } = this.rules;
      const today = businessDate(this.now, zone, cutoverHours);
      if (today !== sale.businessDate) throw new Refusal(409, "sales.void_too_late");
      if (sale.isVoided) throw new Refusal(409, "sales.voided");
      sale.isVoided = true;
      for (const shortfall of this.state.shortfalls) {
        if (shortfall.document !== document || shortfall.open === 0n) continue;
        shortfall.changes.push({ at: this.now, quantity: -shortfall.open });
        shortfall.open = 0n;
      }
      for (const issue of this.state.issues) {
        if (issue.document === document && !issue.isReversed) putBack(this.state, issue, this.now);
      }
    });
  }

  /** What the output is worth, and what was lost beyond what the recipe expects. */
  run(
    document: string,
    plan: {
      readonly recipe: string;
      readonly planned: Micro;
      readonly actual: Micro;
      readonly consumed: readonly Line[];
      readonly explodes: boolean;
      readonly at: number;
    },
  ): { readonly cost: Micro; readonly value: Micro } {
    return this.whole(() => {
      const { planned, actual, at } = plan;
      const recipe = this.recipe(plan.recipe);
      this.inWindow(at);
      const picking = this.picking(at, "eligible");
      const stockOf = (item: string) => usable(this.state, item, picking);
      const question = { recipe, output: planned, said: plan.consumed };
      const planOfRun = planOf(this.rules, plan.explodes ? { ...question, stockOf } : question);
      if (planOfRun.isTooSmall) throw new Refusal(422, "recipes.too_small");
      const wants = planOfRun.needs.map((need, line) => ({ ...need, document, line }));
      const material = this.takeAll(wants, picking).reduce((sum, value) => sum + value, 0n);
      const cost = material + planOfRun.overhead;
      const isAbnormal = actual < planned;
      const [value = 0n] = isAbnormal ? allocateMicro(cost, [actual, planned - actual]) : [cost];
      const { shelfLifeDays } = this.item(recipe.item);
      const expiresOn = shelfLifeDays === null ? null : addDays(this.date(at), shelfLifeDays);
      const origin = `${document}/0`;
      if (actual > 0n) {
        bring(this.state, {
          item: recipe.item,
          origin,
          quantityIn: actual,
          valueIn: value,
          effectiveAt: at,
          expiresOn,
        });
        this.settle([recipe.item], at);
      }
      this.state.runs.push({ document, isReversed: false });
      return { cost, value };
    });
  }

  reverseRun(document: string): void {
    this.whole(() => {
      const { state } = this;
      const run = state.runs.find((each) => each.document === document);
      if (run === undefined) throw new Refusal(404, "production.not_found");
      if (run.isReversed) throw new Refusal(409, "production.reversed");
      run.isReversed = true;
      const index = state.layers.findIndex((layer) => layer.origin === `${document}/0`);
      const output = state.layers[index];
      if (output !== undefined) {
        this.#reopen(index);
        const isWhole = output.quantity === output.quantityIn && output.value === output.valueIn;
        if (!isWhole) throw new Refusal(409, "stock.not_whole");
        state.entries.push({ layer: index, at: this.now, quantity: -output.quantity });
        output.quantity = 0n;
        output.value = 0n;
      }
      const touched = output === undefined ? [] : [output.item];
      for (const issue of state.issues) {
        if (issue.document !== document || issue.isReversed) continue;
        putBack(state, issue, this.now);
        touched.push(issue.item);
      }
      // What came back may serve sales that were short of it, and reopened ones other stock.
      this.settle(touched, this.now);
    });
  }

  /** What a sale's line cost, its settlements included; a void does not change what it cost. */
  saleLineNow(document: string, line: number): { readonly cost: Micro; readonly short: Micro } {
    const { issues, shortfalls } = this.state;
    const ofLine = (each: { document: string; line: number }) =>
      each.document === document && each.line === line;
    const cost = issues
      .filter((issue) => ofLine(issue) && issue.isReopened !== true)
      .flatMap((issue) => issue.takes)
      .reduce((sum, each) => sum + each.value, 0n);
    const short = shortfalls.filter(ofLine).reduce((sum, each) => sum + each.open, 0n);
    return { cost, short };
  }

  #nextNumber(till: string): number {
    const next = (this.state.receiptNumbers[till] ?? 0) + 1;
    this.state.receiptNumbers[till] = next;
    return next;
  }

  #wantsOf({ item, quantity }: Line, document: string, line: number): Want[] {
    const { stocking } = this.item(item);
    if (stocking === "none") return [];
    if (stocking === "stocked") return [{ item, quantity, document, line }];
    const recipe = Object.values(this.rules.recipes).find((each) => each.item === item);
    if (recipe === undefined) throw new Error(`${item} has no recipe`);
    const plan = planOf(this.rules, { recipe, output: quantity });
    if (plan.isTooSmall) throw new Refusal(422, "recipes.too_small");
    return plan.needs.map((need) => ({ ...need, document, line }));
  }

  /** Undoes the settlements that took from a layer: their shortfalls are open again. */
  #reopen(layer: number): void {
    for (const issue of this.state.issues) {
      if (issue.settles === undefined || issue.isReversed) continue;
      if (!issue.takes.some((each) => each.layer === layer)) continue;
      putBack(this.state, issue, this.now);
      issue.isReopened = true;
      const shortfall = this.state.shortfalls[issue.settles];
      const quantity = issue.takes.reduce((sum, each) => sum + each.quantity, 0n);
      shortfall?.changes.push({ at: this.now, quantity });
      if (shortfall !== undefined) shortfall.open += quantity;
    }
  }
}

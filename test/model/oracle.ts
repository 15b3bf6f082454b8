import { addDays, businessDate, localDate } from "./calendar.ts";
import {
  type Books,
  bring,
  heldAt,
  type Mistakes,
  owedAt,
  type Picking,
  putBack,
  Refusal,
  settle,
  take,
  usable,
  type Want,
} from "./ledger.ts";
import { allocateMicro, divideRounded, type Micro } from "./micro.ts";
import { type ItemRule, planOf, type RecipeRule, type Rules } from "./rules.ts";

export interface Line {
  readonly item: string;
  readonly quantity: Micro;
  /** Only from what this line of a document brought. */
  readonly origin?: string | undefined;
}

export interface ReceivedLine extends Line {
  readonly cost: Micro;
  readonly expiresOn: string | null;
}

interface Sale {
  readonly document: string;
  readonly businessDate: string;
  isVoided: boolean;
}

interface Run {
  readonly document: string;
  isReversed: boolean;
}

interface State extends Books {
  readonly sales: Sale[];
  readonly runs: Run[];
  readonly receiptNumbers: Record<string, number>;
}

export interface SoldLine {
  readonly cost: Micro | null;
  readonly short: Micro;
}

const minute = 60_000;

/**
 * The books of one site, as the domain rules tell them: arrays, whole numbers, and no cleverness.
 * Each command either happens or throws a Refusal and leaves nothing.
 */
export class Oracle {
  state: State = {
    layers: [],
    entries: [],
    issues: [],
    shortfalls: [],
    sales: [],
    runs: [],
    receiptNumbers: {},
  };
  readonly #rules: Rules;
  readonly #mistakes: Mistakes;
  now = 0;

  constructor(rules: Rules, mistakes: Mistakes = {}) {
    this.#rules = rules;
    this.#mistakes = mistakes;
  }

  receive(document: string, lines: readonly ReceivedLine[], at: number): void {
    this.#whole(() => {
      this.#inWindow(at);
      lines.forEach(({ item, quantity, cost, expiresOn }, line) => {
        const origin = `${document}/${line}`;
        this.#bring({
          item,
          origin,
          quantityIn: quantity,
          valueIn: cost,
          effectiveAt: at,
          expiresOn,
        });
      });
      this.#settle(
        lines.map(({ item }) => item),
        at,
      );
    });
  }

  /** What each line was worth. */
  waste(document: string, lines: readonly Line[]): Micro[] {
    return this.#whole(() => {
      const wants = lines.map((line, index) => ({ ...line, document, line: index }));
      const picking = this.#picking(this.now, "any");
      // Lines that name a lot come first, so that the others do not take it from them.
      const ofLots = this.#takeAll(
        wants.filter(({ origin }) => origin !== undefined),
        picking,
      );
      const others = this.#takeAll(
        wants.filter(({ origin }) => origin === undefined),
        picking,
      );
      return wants.map(({ origin }) => (origin === undefined ? others : ofLots).shift() ?? 0n);
    });
  }

  /** The difference of each line, and what it was worth. */
  count(document: string, lines: readonly Line[], at: number) {
    return this.#whole(() => {
      this.#inWindow(at);
      const { state } = this;
      const differences = lines.map(({ item, quantity, origin }) => {
        const owed = origin === undefined ? owedAt(state, item, at) : 0n;
        return quantity + owed - heldAt(state, item, at, origin);
      });
      // Unit values are looked up before anything moves.
      const gains = lines.map(({ item }, index) => this.#worth(item, differences[index] ?? 0n));
      const expiries = lines.map(({ origin }) => this.#layerOf(origin)?.expiresOn ?? null);
      const losing = lines
        .map((line, index) => ({
          ...line,
          quantity: -(differences[index] ?? 0n),
          document,
          line: index,
        }))
        .filter(({ quantity }) => quantity > 0n);
      const losses = this.#takeAll(losing, this.#picking(at, "loss"));
      lines.forEach(({ item }, line) => {
        const [quantityIn = 0n, valueIn = 0n] = [differences[line], gains[line]];
        const expiresOn = expiries[line] ?? null;
        if (quantityIn <= 0n) return;
        this.#bring({
          item,
          origin: `${document}/${line}`,
          quantityIn,
          valueIn,
          effectiveAt: at,
          expiresOn,
        });
      });
      this.#settle(
        lines.map(({ item }) => item),
        at,
      );
      return differences.map((difference, index) => {
        const value = difference < 0n ? -(losses.shift() ?? 0n) : (gains[index] ?? 0n);
        return { difference, value: difference === 0n ? 0n : value };
      });
    });
  }

  sell(
    document: string,
    lines: readonly Line[],
    given: {
      readonly at: number;
      readonly till: string | undefined;
      readonly sellsThrough: boolean;
    },
  ): { readonly number: number | null; readonly lines: SoldLine[] } {
    return this.#whole(() => {
      const { at, till } = given;
      if (given.sellsThrough && till === undefined) throw new Refusal(422, "sale.needs_till");
      this.#inWindow(at, "sale.moment");
      const wants = lines.flatMap((line, index) => this.#wantsOf(line, document, index));
      const taken = take(this.state, wants, this.#picking(at, "eligible"), this.#mistakes);
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
      const { zone, cutoverHours } = this.#rules;
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
    this.#whole(() => {
      const sale = this.state.sales.find((each) => each.document === document);
      if (sale === undefined) throw new Refusal(404, "sale.not_found");
      const { zone, cutoverHours } = this.#rules;
      const today = businessDate(this.now, zone, cutoverHours);
      if (today !== sale.businessDate) throw new Refusal(409, "sale.void_too_late");
      if (sale.isVoided) throw new Refusal(409, "sale.voided");
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
    return this.#whole(() => {
      const { planned, actual, at } = plan;
      const recipe = this.#recipe(plan.recipe);
      this.#inWindow(at);
      const picking = this.#picking(at, "eligible");
      const stockOf = (item: string) => usable(this.state, item, picking);
      const question = { recipe, output: planned, said: plan.consumed };
      const planOfRun = planOf(this.#rules, plan.explodes ? { ...question, stockOf } : question);
      if (planOfRun.isTooSmall) throw new Refusal(422, "recipes.too_small");
      const wants = planOfRun.needs.map((need, line) => ({ ...need, document, line }));
      const material = this.#takeAll(wants, picking).reduce((sum, value) => sum + value, 0n);
      const cost = material + planOfRun.overhead;
      const isAbnormal = actual < planned;
      const [value = 0n] = isAbnormal ? allocateMicro(cost, [actual, planned - actual]) : [cost];
      const { shelfLifeDays } = this.#item(recipe.item);
      const expiresOn = shelfLifeDays === null ? null : addDays(this.#date(at), shelfLifeDays);
      const origin = `${document}/0`;
      if (actual > 0n) {
        this.#bring({
          item: recipe.item,
          origin,
          quantityIn: actual,
          valueIn: value,
          effectiveAt: at,
          expiresOn,
        });
        this.#settle([recipe.item], at);
      }
      this.state.runs.push({ document, isReversed: false });
      return { cost, value };
    });
  }

  reverseRun(document: string): void {
    this.#whole(() => {
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
      this.#settle(touched, this.now);
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

  #whole<T>(command: () => T): T {
    const before = structuredClone(this.state);
    try {
      return command();
    } catch (error) {
      this.state = before;
      throw error;
    }
  }

  #inWindow(at: number, code = "stock.moment"): void {
    if (at < this.now - 7 * 24 * 60 * minute || at > this.now + 5 * minute)
      throw new Refusal(422, code);
  }

  #item(item: string): ItemRule {
    const rule = this.#rules.items[item];
    if (rule === undefined) throw new Error(`no item ${item}`);
    return rule;
  }

  #recipe(name: string): RecipeRule {
    const rule = this.#rules.recipes[name];
    if (rule === undefined) throw new Error(`no recipe ${name}`);
    return rule;
  }

  #date(at: number): string {
    return localDate(at, this.#rules.zone);
  }

  #picking(at: number, eligibility: Picking["eligibility"]): Picking {
    return { at, on: this.#date(at), eligibility, order: (item) => this.#item(item).order };
  }

  #bring(layer: Parameters<typeof bring>[1]): void {
    bring(this.state, layer);
  }

  #layerOf(origin: string | undefined) {
    return this.state.layers.find((layer) => layer.origin === origin);
  }

  #takeAll(wants: readonly Want[], picking: Picking): Micro[] {
    const taken = take(this.state, wants, picking, this.#mistakes);
    if (taken.some(({ missing }) => missing > 0n)) throw new Refusal(409, "stock.short");
    return taken.map(({ value }) => value);
  }

  #settle(items: readonly string[], cause: number): void {
    const at = Math.max(cause, this.now);
    settle(this.state, items, this.#picking(at, "eligible"), this.#mistakes);
  }

  #nextNumber(till: string): number {
    const next = (this.state.receiptNumbers[till] ?? 0) + 1;
    this.state.receiptNumbers[till] = next;
    return next;
  }

  /** At the unit value of the newest layer that has one; what was counted for nothing has none. */
  #worth(item: string, quantity: Micro): Micro {
    const [newest] = this.state.layers
      .map((layer, index) => ({ layer, index }))
      .filter(({ layer }) => layer.item === item)
      .filter(({ layer }) => layer.valueIn > 0n || !layer.origin.startsWith("count"))
      .sort((a, b) => b.layer.effectiveAt - a.layer.effectiveAt || b.index - a.index);
    if (newest === undefined || quantity <= 0n) return 0n;
    return divideRounded(newest.layer.valueIn * quantity, newest.layer.quantityIn);
  }

  #wantsOf({ item, quantity }: Line, document: string, line: number): Want[] {
    const { stocking } = this.#item(item);
    if (stocking === "none") return [];
    if (stocking === "stocked") return [{ item, quantity, document, line }];
    const recipe = Object.values(this.#rules.recipes).find((each) => each.item === item);
    if (recipe === undefined) throw new Error(`${item} has no recipe`);
    const plan = planOf(this.#rules, { recipe, output: quantity });
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

import { addDays } from "./calendar.ts";
import { bring, layerAt, Refusal } from "./ledger.ts";
import { allocateMicro, type Micro } from "./micro.ts";
import { PriceOracle } from "./price-oracle.ts";
import { planOf } from "./rules.ts";
import type { Line } from "./site-books.ts";
import type { Dated } from "./stock-oracle.ts";
import { usable } from "./taking.ts";

export interface RunRequest extends Dated {
  readonly recipe: string;
  readonly planned: Micro;
  readonly actual: Micro;
  readonly consumed: readonly Line[];
  readonly explodes: boolean;
}

/**
 * The books, as the domain rules tell them: arrays, whole numbers, and no cleverness. Each command
 * either happens or throws a Refusal and leaves nothing.
 */
export class Oracle extends PriceOracle {
  /** What the output is worth, and what was lost beyond what the recipe expects. */
  run(name: string, request: RunRequest): { readonly cost: Micro; readonly value: Micro } {
    return this.whole(() => {
      const { site, planned, actual, at } = request;
      const recipe = this.recipe(request.recipe);
      this.inWindow(site, at);
      const picking = this.picking(site, at, "eligible");
      const stockOf = (item: string) => usable(this.state, { site, item }, picking);
      const question = { recipe, output: planned, said: request.consumed };
      const plan = planOf(this.rules, request.explodes ? { ...question, stockOf } : question);
      if (plan.isTooSmall) throw new Refusal(422, "recipes.too_small");
      const wants = plan.needs.map((need, line) => {
        return { kind: "run" as const, site, ...need, document: name, line };
      });
      const material = this.takeAll(wants, picking).reduce((sum, value) => sum + value, 0n);
      const cost = material + plan.overhead;
      const isAbnormal = actual < planned;
      const lost = isAbnormal ? planned - actual : 0n;
      const [value = 0n] = isAbnormal ? allocateMicro(cost, [actual, lost]) : [cost];
      const { shelfLifeDays } = this.item(recipe.item);
      const expiresOn = shelfLifeDays === null ? null : addDays(this.date(site, at), shelfLifeDays);
      const origin = `${name}/0`;
      const made = { site, item: recipe.item, lot: origin, broughtBy: origin, expiresOn };
      const amounts = { quantityIn: actual, valueIn: value, effectiveAt: at };
      const layer = actual > 0n ? bring(this.state, { ...made, ...amounts }) : undefined;
      this.record({ name, kind: "run", site, at });
      this.state.runs[name] = { layer, good: actual, lost };
      if (layer !== undefined) this.settle(site, [recipe.item], at);
      return { cost, value };
    });
  }

  reverseRun(name: string): void {
    this.whole(() => {
      const run = this.document(name);
      if (run.isUndone) throw new Refusal(409, "production.reversed");
      run.isUndone = true;
      const at = Math.max(this.now, run.at);
      const items = this.undoMovements(run, at);
      // What came back may serve sales that were short of it, and reopened ones other stock.
      this.settle(run.site, items, at);
    });
  }

  /** What each line was worth where it came from. */
  transfer(name: string, { site, at }: Dated, to: number, lines: readonly Line[]): Micro[] {
    return this.whole(() => {
      this.inWindow(site, at);
      this.inWindow(to, at);
      const { state } = this;
      const wants = lines.map((each, line) => {
        return { kind: "transfer" as const, site, ...each, document: name, line };
      });
      const values = this.takeLotsFirst(wants, this.picking(site, at, "eligible"));
      const sent = state.issues
        .filter((issue) => issue.document === name)
        .flatMap(({ line, order, takes }) => takes.map((each) => ({ ...each, line, order })))
        .map((each) => ({ ...each, from: layerAt(state, each.layer) }));
      sent.sort(
        (a, b) => a.from.effectiveAt - b.from.effectiveAt || a.layer - b.layer || a.order - b.order,
      );
      sent.forEach(({ line, layer, quantity, value, from }, part) => {
        const { item, lot, expiresOn } = from;
        const layerThere = bring(state, {
          ...{ site: to, item, lot, expiresOn, broughtBy: `${name}/${line}/${part}` },
          ...{ quantityIn: quantity, valueIn: value, arrivedAt: at },
          effectiveAt: this.mistakes.transfersAreNew ? at : from.effectiveAt,
        });
        state.carried.push({ document: name, line, from: layer, to: layerThere });
      });
      this.record({ name, kind: "transfer", site, at });
      const items = lines.map(({ item }) => item);
      this.settle(to, items, at);
      return values;
    });
  }
}

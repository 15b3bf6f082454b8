import {
  drawOrder,
  type Issue,
  layerAt,
  move,
  type Place,
  putBack,
  quantityOf,
  Refusal,
  worthOf,
} from "./ledger.ts";
import { type Micro, smaller } from "./micro.ts";
import { planOf } from "./rules.ts";
import type { Line, Return, Sale } from "./site-books.ts";
import { type Dated, StockOracle } from "./stock-oracle.ts";
import { shareOf, take, type Want } from "./taking.ts";

export interface SellRequest extends Dated {
  readonly till: string | undefined;
  readonly sellsThrough: boolean;
}

export interface RefundedLine {
  readonly line: number;
  readonly quantity: Micro;
  readonly disposition: "waste" | "restock" | "none";
}

interface Plan extends Place {
  readonly line: number;
  readonly cancelled: Micro;
  readonly layers: readonly { readonly layer: number; quantity: Micro; value: Micro }[];
}

/** Sales, their voids and their refunds. */
export class SaleOracle extends StockOracle {
  sell(name: string, lines: readonly Line[], given: SellRequest) {
    return this.whole(() => {
      const { site, at, till } = given;
      if (given.sellsThrough && till === undefined) throw new Refusal(422, "sales.needs_till");
      this.inWindow(site, at, "sales.moment");
      const wants = lines.flatMap((line, index) => {
        return this.#wantsOf(line, { site, document: name, line: index });
      });
      const taken = take(this.state, wants, this.picking(site, at, "eligible"), this.mistakes);
      if (!given.sellsThrough && taken.some(({ missing }) => missing > 0n)) {
        throw new Refusal(409, "stock.short");
      }
      wants.forEach(({ item, line }, index) => {
        const open = taken[index]?.missing ?? 0n;
        if (open === 0n) return;
        const shortfall = { site, item, document: name, line, quantity: open, open };
        const changes = [{ at, quantity: open }];
        this.state.shortfalls.push({ ...shortfall, cancelled: 0n, changes });
      });
      this.record({ name, kind: "sell", site, at });
      const sold = lines.map(({ item, quantity }) => {
        const isMadeToOrder = this.item(item).stocking !== "stocked";
        return { quantity, isMadeToOrder, refunds: [] };
      });
      this.state.sales[name] = { businessDate: this.businessDate(site, at), lines: sold };
      const answered = lines.map((_, line) => {
        const ofLine = taken.filter((__, index) => wants[index]?.line === line);
        const short = ofLine.reduce((sum, { missing }) => sum + missing, 0n);
        return { cost: ofLine.length === 0 ? null : worthOf(ofLine), short };
      });
      return { number: till === undefined ? null : this.#nextNumber(till), lines: answered };
    });
  }

  voidSale(name: string): void {
    this.whole(() => {
      const { document, sale } = this.#saleOf(name);
      if (document.isUndone) throw new Refusal(409, "sales.voided");
      if (sale.lines.some(({ refunds }) => refunds.length > 0)) {
        throw new Refusal(409, "sales.refunded");
      }
      const at = Math.max(this.now, document.at);
      if (this.businessDate(document.site, at) !== sale.businessDate) {
        throw new Refusal(409, "sales.void_too_late");
      }
      document.isUndone = true;
      for (const shortfall of this.state.shortfalls) {
        if (shortfall.document === name) this.#cancel(shortfall, shortfall.open, at);
      }
      const taken = this.state.issues.filter((each) => each.document === name && !each.isReversed);
      const added = this.surchargesOn(taken);
      for (const issue of taken) putBack(this.state, issue, at);
      this.giveBack(added);
    });
  }

  /** What is left of a sale's line. */
  unrefunded(name: string, line: number): Micro {
    const sold = this.state.sales[name]?.lines[line];
    return (sold?.refunds ?? []).reduce((left, back) => left - back, sold?.quantity ?? 0n);
  }

  /** What each line gives back: money, and what its stock is worth. */
  refund(name: string, refund: string, lines: readonly RefundedLine[]) {
    return this.whole(() => {
      const { document, sale } = this.#saleOf(name);
      if (document.isUndone) throw new Refusal(409, "sales.voided");
      const at = Math.max(this.now, document.at);
      const totals = lines.map((each) => this.#moneyBack(sale, each));
      const plans = lines.map((each) => this.#planReturns(name, sale, each));
      lines.forEach((each, index) => {
        const isFit = each.disposition !== "restock" || this.#isFit(plans[index] ?? [], each, name);
        if (!isFit) throw new Refusal(409, "sales.not_restockable");
      });
      lines.forEach(({ line, quantity, disposition }, index) => {
        const wastedBy = disposition === "waste" ? refund : undefined;
        for (const plan of plans[index] ?? []) this.#giveBack(name, plan, { at, wastedBy });
        sale.lines[line]?.refunds.push(quantity);
      });
      return lines.map((_, index) => {
        const layers = (plans[index] ?? []).flatMap((plan) => plan.layers);
        return { total: totals[index] ?? 0n, cost: worthOf(layers) };
      });
    });
  }

  /** What a sale's line cost, its settlements and late prices included; a void does not change it. */
  saleLineNow(name: string, line: number): { readonly cost: Micro; readonly short: Micro } {
    const { issues, shortfalls, surcharges } = this.state;
    const ofLine = (each: { document: string; line: number }) =>
      each.document === name && each.line === line;
    const taken = issues
      .filter((issue) => ofLine(issue) && issue.isReopened !== true)
      .flatMap((issue) => issue.takes);
    const cost = worthOf(taken) + worthOf(surcharges.filter(ofLine));
    const short = shortfalls.filter(ofLine).reduce((sum, each) => sum + each.open, 0n);
    return { cost, short };
  }

  #saleOf(name: string): { document: ReturnType<SaleOracle["document"]>; sale: Sale } {
    const sale = this.state.sales[name];
    if (sale === undefined) throw new Error(`no sale ${name}`);
    return { document: this.document(name), sale };
  }

  #nextNumber(till: string): number {
    const next = (this.state.receiptNumbers[till] ?? 0) + 1;
    this.state.receiptNumbers[till] = next;
    return next;
  }

  #wantsOf({ item, quantity }: Line, of: { site: number; document: string; line: number }): Want[] {
    const { stocking } = this.item(item);
    if (stocking === "none") return [];
    if (stocking === "stocked") return [{ kind: "sale", item, quantity, ...of }];
    const recipe = Object.values(this.rules.recipes).find((each) => each.item === item);
    if (recipe === undefined) throw new Error(`${item} has no recipe`);
    const plan = planOf(this.rules, { recipe, output: quantity });
    if (plan.isTooSmall) throw new Refusal(422, "recipes.too_small");
    return plan.needs.map((need) => ({ kind: "sale", ...need, ...of }));
  }

  #cancel(shortfall: (typeof this.state.shortfalls)[number], quantity: Micro, at: number): void {
    if (quantity === 0n) return;
    shortfall.open -= quantity;
    shortfall.cancelled += quantity;
    shortfall.changes.push({ at, quantity: -quantity });
  }

  /** Of the line's total in cents, what is left of it by the take rule; everything costs 2.50. */
  #moneyBack(sale: Sale, { line, quantity }: RefundedLine): Micro {
    const sold = sale.lines[line];
    if (sold === undefined) throw new Error(`no line ${line}`);
    let left = sold.quantity;
    let cents = shareOf(250n, sold.quantity, 1_000_000n);
    for (const before of sold.refunds) {
      cents -= shareOf(cents, before, left);
      left -= before;
    }
    if (quantity > left) throw new Refusal(409, "sales.refund_too_much");
    return shareOf(cents, quantity, left) * 10_000n;
  }

  /** Item by item what goes back of a line: what is short first, then what was taken last. */
  #planReturns(name: string, sale: Sale, { line, quantity, disposition }: RefundedLine): Plan[] {
    if (disposition === "none") return [];
    const { issues, shortfalls } = this.state;
    const ofLine = (each: { document: string; line: number }) =>
      each.document === name && each.line === line;
    const taken = issues.filter((issue) => ofLine(issue) && !issue.isReversed);
    const short = shortfalls.filter(ofLine);
    const items = [...new Set([...taken, ...short].map((each) => each.item))];
    return items.map((item) => {
      const takings = taken.filter((issue) => issue.item === item);
      const owed = short.filter((each) => each.item === item);
      const needed =
        quantityOf(takings.flatMap((issue) => issue.takes)) +
        owed.reduce((sum, each) => sum + each.open + each.cancelled, 0n);
      const part = this.#partOf(needed, sale, line, quantity);
      const open = owed.reduce((sum, each) => sum + each.open, 0n);
      const cancelled = smaller(part, open);
      const layers = this.#layersBack(takings, part - cancelled);
      return { site: this.document(name).site, item, line, cancelled, layers };
    });
  }

  #partOf(needed: Micro, sale: Sale, line: number, quantity: Micro): Micro {
    const sold = sale.lines[line];
    let [left, unsold] = [needed, sold?.quantity ?? 0n];
    for (const before of sold?.refunds ?? []) {
      left -= shareOf(left, before, unsold);
      unsold -= before;
    }
    return shareOf(left, quantity, unsold);
  }

  #layersBack(takings: readonly Issue[], quantity: Micro): Plan["layers"] {
    const takes = takings.toReversed().flatMap((issue) => {
      return issue.takes.toReversed().map((each) => ({ ...each, issue }));
    });
    if (this.mistakes.returnsFirstTaken) takes.reverse();
    const before = new Map<number, Micro>();
    const returned = (layer: number) => this.#returnedTo(takings, layer);
    for (const { layer } of takes) before.set(layer, quantityOf(returned(layer)));
    const back = new Map<number, Micro>();
    let missing = quantity;
    for (const { layer, quantity: taken } of takes) {
      const gone = before.get(layer) ?? 0n;
      const already = smaller(gone, taken);
      before.set(layer, gone - already);
      const rest = taken - already;
      const part = smaller(rest, missing);
      missing -= part;
      if (part > 0n) back.set(layer, (back.get(layer) ?? 0n) + part);
    }
    if (missing > 0n) throw new Error("a line gets back more than it took");
    return [...back].map(([layer, part]) => {
      const own = takes.filter((each) => each.layer === layer);
      const isGivenBack = returned(layer);
      const cost = worthOf(own) + worthOf(this.#surchargesOn(takings, layer));
      const [value, whole] = this.mistakes.refundsByUnitCost
        ? [cost, quantityOf(own)]
        : [cost - worthOf(isGivenBack), quantityOf(own) - quantityOf(isGivenBack)];
      return { layer, quantity: part, value: shareOf(value, part, whole, this.mistakes) };
    });
  }

  #returnedTo([first]: readonly Issue[], layer: number): readonly Return[] {
    return this.state.returns.filter(
      (each) =>
        each.document === first?.document && each.line === first.line && each.layer === layer,
    );
  }

  #surchargesOn([first]: readonly Issue[], layer: number) {
    return this.state.surcharges.filter(
      (each) =>
        each.document === first?.document && each.line === first.line && each.layer === layer,
    );
  }

  /** On the shelf go things that were there, and have not expired. */
  #isFit(plans: readonly Plan[], { line }: RefundedLine, name: string): boolean {
    const { document, sale } = this.#saleOf(name);
    const today = this.date(document.site, Math.max(this.now, document.at));
    const isOwn = sale.lines[line]?.isMadeToOrder === false && plans.length > 0;
    return (
      isOwn &&
      plans.every(({ layers }) =>
        layers.every(({ layer }) => (layerAt(this.state, layer).expiresOn ?? "9999") >= today),
      )
    );
  }

  #giveBack(
    name: string,
    plan: Plan,
    { at, wastedBy }: { readonly at: number; readonly wastedBy: string | undefined },
  ): void {
    const { site, item, line } = plan;
    let rest = plan.cancelled;
    for (const shortfall of this.state.shortfalls) {
      const isOfLine = shortfall.document === name && shortfall.line === line;
      if (!isOfLine || shortfall.item !== item) continue;
      const part = smaller(rest, shortfall.open);
      this.#cancel(shortfall, part, at);
      rest -= part;
    }
    for (const { layer, quantity, value } of plan.layers) {
      const isWasted = wastedBy !== undefined && !this.mistakes.wastesNothingRefunded;
      if (!isWasted) move(this.state, layer, { at, quantity, value });
      const order = drawOrder(this.state);
      const back = { site, item, document: name, line, order, layer, quantity, value };
      this.state.returns.push({ ...back, wastedBy });
    }
  }
}

import { type IssueKind, layerAt, quantityOf, Refusal, worthOf } from "./ledger.ts";
import type { Micro } from "./micro.ts";
import { SaleOracle } from "./sale-oracle.ts";
import type { Surcharge } from "./site-books.ts";
import { allocateSigned, type Bearer, spread } from "./spreading.ts";

/** Who took from a layer and still has it. */
interface Consumer extends Bearer {
  readonly kind: IssueKind;
  readonly document: string;
  readonly line: number;
  /** The layer a transfer made of it. */
  readonly carriedTo: number | undefined;
}

interface Taking {
  readonly kind: IssueKind;
  readonly document: string;
  readonly line: number;
  readonly order: number;
  readonly quantity: Micro;
  readonly value: Micro;
}

/** What is on its way to layers and runs while a late price is followed. */
class Flow {
  readonly toLayers = new Map<number, Micro>();
  readonly toRuns = new Map<string, Micro>();
  readonly surcharges: Surcharge[] = [];
  kept = 0n;

  toLayer(layer: number, value: Micro): void {
    this.toLayers.set(layer, (this.toLayers.get(layer) ?? 0n) + value);
  }

  toRun(run: string, value: Micro): void {
    this.toRuns.set(run, (this.toRuns.get(run) ?? 0n) + value);
  }
}

/** What late prices do to the books, on top of sales. */
export class PriceOracle extends SaleOracle {
  /** Where the difference went: kept by layers, and by kind of who bears it. */
  correct(receipt: string, lines: readonly { readonly line: number; readonly cost: Micro }[]) {
    return this.whole(() => {
      const { layers, runs, costs, surcharges } = this.state;
      const flow = new Flow();
      for (const { line, cost } of lines) {
        const origin = `${receipt}/${line}`;
        const layer = layers.findIndex(({ broughtBy }) => broughtBy === origin);
        const difference = cost - (costs[origin] ?? 0n);
        if (difference === 0n) throw new Refusal(422, "stock.same_cost");
        flow.toLayer(layer, difference);
        costs[origin] = cost;
      }
      // A layer is younger than all it was made from: each gets all that reaches it at once.
      for (const index of layers.keys()) this.#passThrough(flow, index);
      for (const [run, { layer }] of Object.entries(runs)) {
        if (layer === undefined) this.#passThroughRun(flow, run);
      }
      surcharges.push(...flow.surcharges.filter(({ value }) => value !== 0n));
      const went = { sale: 0n, waste: 0n, count: 0n, return: 0n, loss: 0n };
      for (const { kind, value } of flow.surcharges) went[kind] += value;
      return { stock: flow.kept, ...went };
    });
  }

  #passThrough(flow: Flow, index: number): void {
    const maker = Object.entries(this.state.runs).find(([, { layer }]) => layer === index)?.[0];
    if (maker !== undefined) this.#passThroughRun(flow, maker);
    const arriving = flow.toLayers.get(index) ?? 0n;
    if (arriving === 0n) return;
    const layer = layerAt(this.state, index);
    const consumers = this.#consumersOf(index);
    const shelf = { quantity: layer.quantity, cost: layer.value };
    const { parts, left } = spread(arriving, [shelf, ...consumers]);
    const [kept = 0n, ...taken] = parts;
    layer.value += kept;
    flow.kept += kept;
    if (left !== 0n && maker === undefined) throw new Error("a layer falls below nothing");
    const lost = { kind: "loss", document: maker ?? "", line: 0, layer: index } as const;
    flow.surcharges.push({ ...lost, value: left });
    consumers.forEach(({ kind, document, line, carriedTo }, place) => {
      const value = taken[place] ?? 0n;
      if (kind === "run") {
        if (!this.mistakes.forgetsRuns) flow.toRun(document, value);
      } else if (kind === "transfer") flow.toLayer(carriedTo ?? -1, value);
      else flow.surcharges.push({ kind, document, line, layer: index, value });
    });
  }

  #passThroughRun(flow: Flow, document: string): void {
    const run = this.state.runs[document];
    if (run === undefined) throw new Error(`no run ${document}`);
    const [good = 0n, lost = 0n] = allocateSigned(flow.toRuns.get(document) ?? 0n, [
      run.good,
      run.lost,
    ]);
    const { layer } = run;
    if (layer !== undefined) flow.toLayer(layer, good);
    const value = layer === undefined ? good + lost : lost;
    flow.surcharges.push({ kind: "loss", document, line: 0, layer, value });
  }

  /** In the order in which they first took of it; a line of a sale is one, however often it took. */
  #consumersOf(layer: number): Consumer[] {
    if (this.mistakes.chargesTheShelf) return [];
    const takings = this.#takingsOf(layer);
    const isOfOne =
      (one: Taking) => (each: Pick<Surcharge | Taking, "kind" | "document" | "line">) =>
        each.kind === one.kind && each.document === one.document && each.line === one.line;
    const firsts = takings.filter((one, index) => takings.findIndex(isOfOne(one)) === index);
    return firsts.flatMap((one) => {
      const { kind, document, line } = one;
      const own = takings.filter(isOfOne(one));
      const quantity = quantityOf(own);
      if (quantity === 0n) return [];
      const added = this.state.surcharges.filter(
        (each) => each.layer === layer && isOfOne(one)(each),
      );
      const carriedTo = this.state.carried.find(
        (each) => each.document === document && each.line === line && each.from === layer,
      )?.to;
      const cost = this.#roomOf(kind, carriedTo, worthOf(own) + worthOf(added));
      return [{ kind, document, line, carriedTo, quantity, cost }];
    });
  }

  /** What was taken of a layer, and what came back of it. */
  #takingsOf(layer: number): Taking[] {
    const { issues, returns } = this.state;
    const taken = issues.flatMap(({ kind, document, line, order, takes, isReversed }) =>
      takes
        .filter((each) => each.layer === layer)
        .map(({ quantity, value }) => {
          const amounts = isReversed ? { quantity: 0n, value: 0n } : { quantity, value };
          return { kind, document, line, order, ...amounts };
        }),
    );
    const back = returns
      .filter((each) => each.layer === layer)
      .flatMap(({ document, line, order, quantity, value, wastedBy }): Taking[] => [
        { kind: "sale", document, line, order, quantity: -quantity, value: -value },
        ...(wastedBy === undefined
          ? []
          : [{ kind: "waste" as const, document: wastedBy, line, order, quantity, value }]),
      ]);
    return [...taken, ...back].sort((a, b) => a.order - b.order);
  }

  /** How far the cost of it can fall: of what was carried on, with all that came of it there. */
  #roomOf(kind: IssueKind, carriedTo: number | undefined, cost: Micro): Micro | undefined {
    if (kind === "run") return undefined;
    if (kind !== "transfer") return cost < 0n ? 0n : cost;
    let room: Micro | undefined = layerAt(this.state, carriedTo ?? -1).value;
    for (const each of this.#consumersOf(carriedTo ?? -1)) {
      room = room === undefined || each.cost === undefined ? undefined : room + each.cost;
    }
    return room;
  }
}

import {
  bring,
  drawOrder,
  heldAt,
  layerAt,
  leastSince,
  move,
  owedAt,
  putBack,
  Refusal,
} from "./ledger.ts";
import { divideRounded, type Micro } from "./micro.ts";
import { type Document, type Line, SiteBooks } from "./site-books.ts";
import { shareOf } from "./taking.ts";

export interface ReceivedLine extends Line {
  readonly cost: Micro;
  readonly expiresOn: string | null;
}

/** Where and when a command is: at a site, dated. */
export interface Dated {
  readonly site: number;
  readonly at: number;
}

/** Receipts, waste, counts, and what undoes them. */
export class StockOracle extends SiteBooks {
  receive(name: string, { site, at }: Dated, lines: readonly ReceivedLine[]): void {
    this.whole(() => {
      this.inWindow(site, at);
      this.record({ name, kind: "receive", site, at });
      lines.forEach(({ item, quantity, cost, expiresOn }, line) => {
        const origin = `${name}/${line}`;
        const amounts = { quantityIn: quantity, valueIn: cost };
        const layer = { site, item, lot: origin, broughtBy: origin, ...amounts };
        bring(this.state, { ...layer, effectiveAt: at, expiresOn });
        this.state.costs[origin] = cost;
      });
      this.settle(
        site,
        lines.map(({ item }) => item),
        at,
      );
    });
  }

  /** What each line was worth. */
  waste(name: string, site: number, lines: readonly Line[]): Micro[] {
    return this.whole(() => {
      this.record({ name, kind: "waste", site, at: this.now });
      const wants = lines.map((each, line) => {
        return { kind: "waste" as const, site, ...each, document: name, line };
      });
      return this.takeLotsFirst(wants, this.picking(site, this.now, "any"));
    });
  }

  /** The difference of each line, and what it was worth. */
  count(name: string, { site, at }: Dated, lines: readonly Line[]) {
    return this.whole(() => {
      this.inWindow(site, at);
      this.record({ name, kind: "count", site, at });
      const { state } = this;
      const differences = lines.map(({ item, quantity, lot }) => {
        const place = { site, item };
        const owed = lot === undefined ? owedAt(state, place, at) : 0n;
        return quantity + owed - heldAt(state, place, at, lot);
      });
      // Unit values are looked up before anything moves.
      const gains = lines.map(({ item }, index) => {
        return this.#worth(site, item, differences[index] ?? 0n);
      });
      const losing = lines
        .map((each, line) => ({
          kind: "count" as const,
          site,
          ...each,
          quantity: -(differences[line] ?? 0n),
          document: name,
          line,
        }))
        .filter(({ quantity }) => quantity > 0n);
      const losses = this.takeAll(losing, this.picking(site, at, "loss"));
      lines.forEach(({ item, ...given }, line) => {
        const lot = given.lot ?? `${name}/${line}`;
        const [quantityIn = 0n, valueIn = 0n] = [differences[line], gains[line]];
        if (quantityIn <= 0n) return;
        const expiresOn = state.layers.find((layer) => layer.lot === lot)?.expiresOn ?? null;
        const layer = { site, item, lot, broughtBy: `${name}/${line}`, quantityIn, valueIn };
        bring(state, { ...layer, effectiveAt: at, expiresOn });
      });
      this.settle(
        site,
        lines.map(({ item }) => item),
        at,
      );
      return differences.map((difference, index) => {
        const value = difference < 0n ? -(losses.shift() ?? 0n) : (gains[index] ?? 0n);
        return { difference, value: difference === 0n ? 0n : value };
      });
    });
  }

  /** At the unit value of the newest layer that has one; what was counted for nothing has none. */
  #worth(site: number, item: string, quantity: Micro): Micro {
    const [newest] = this.state.layers
      .map((layer, index) => ({ layer, index }))
      .filter(({ layer }) => layer.item === item)
      .filter(({ layer }) => layer.valueIn > 0n || !layer.lot.startsWith("count"))
      .sort(
        (a, b) =>
          Number(b.layer.site === site) - Number(a.layer.site === site) ||
          b.layer.effectiveAt - a.layer.effectiveAt ||
          b.index - a.index,
      );
    if (newest === undefined || quantity <= 0n) return 0n;
    return divideRounded(newest.layer.valueIn * quantity, newest.layer.quantityIn);
  }

  /** What remains of each line of a receipt where it came to. */
  leftOfReceipt(name: string): readonly { readonly line: number; readonly quantity: Micro }[] {
    return this.state.layers
      .map((layer, index) => ({ ...layer, index }))
      .filter(({ broughtBy }) => broughtBy.startsWith(`${name}/`))
      .map(({ quantity }, line) => ({ line, quantity }));
  }

  /** What went back of each line of a receipt. */
  sentBack(name: string): Micro[] {
    const { layers, issues } = this.state;
    const own = layers.flatMap((layer, index) => {
      return layer.broughtBy.startsWith(`${name}/`) ? [index] : [];
    });
    return own.map((index) =>
      issues
        .filter(({ kind }) => kind === "return")
        .flatMap(({ takes }) => takes)
        .filter(({ layer }) => layer === index)
        .reduce((sum, { quantity }) => sum + quantity, 0n),
    );
  }

  /** Out of their own layers, held or expired or not; nothing named is all that is left. */
  undoReceipt(
    name: string,
    reversal: string,
    lines: readonly { readonly line: number; readonly quantity: Micro }[] | undefined,
  ): void {
    this.whole(() => {
      const { site, at: since } = this.document(name);
      const at = Math.max(this.now, since);
      const left = this.leftOfReceipt(name);
      if (left.every(({ quantity }) => quantity === 0n)) {
        throw new Refusal(409, "stock.nothing_left");
      }
      const back = lines ?? left.filter(({ quantity }) => quantity > 0n);
      const index = `${name}/`;
      for (const { line, quantity } of back) {
        const number = this.state.layers.findIndex(({ broughtBy }) => broughtBy === index + line);
        const layer = layerAt(this.state, number);
        const isThere = leastSince(this.state, layer, at) >= quantity;
        if (quantity > layer.quantity || !isThere) throw new Refusal(409, "stock.short");
        const value = shareOf(layer.value, quantity, layer.quantity, this.mistakes);
        move(this.state, number, { at, quantity: -quantity, value: -value });
        const takes = [{ layer: number, quantity, value }];
        const order = drawOrder(this.state);
        const issue = { kind: "return", site, item: layer.item, document: reversal, line } as const;
        this.state.issues.push({ ...issue, order, takes, isReversed: false });
      }
    });
  }

  /** Undoes a record of waste or a count while what it brought is whole. */
  undoDocument(name: string): void {
    this.whole(() => {
      const document = this.document(name);
      if (document.isUndone) throw new Refusal(409, "stock.reversed");
      document.isUndone = true;
      const at = Math.max(this.now, document.at);
      const items = this.undoMovements(document, at);
      this.settle(document.site, items, at);
    });
  }

  /** Puts back what a document took and takes out what it brought; which items that touched. */
  protected undoMovements({ name }: Document, at: number): string[] {
    const { state } = this;
    const brought = state.layers.flatMap(({ broughtBy }, index) => {
      return broughtBy.startsWith(`${name}/`) ? [index] : [];
    });
    this.reopen(brought, at);
    const taken = state.issues.filter((issue) => issue.document === name && !issue.isReversed);
    for (const index of brought) {
      const { quantity, quantityIn, value, valueIn } = layerAt(state, index);
      if (quantity !== quantityIn || value !== valueIn) throw new Refusal(409, "stock.not_whole");
    }
    if (state.surcharges.some((each) => each.document === name)) this.refuseSurcharged(name);
    for (const issue of taken) putBack(state, issue, at);
    for (const index of brought) {
      const layer = layerAt(state, index);
      move(state, index, { at, quantity: -layer.quantity, value: -layer.value });
      if (leastSince(state, layer, at) < 0n) throw new Refusal(409, "stock.not_whole");
    }
    return [...taken, ...brought.map((index) => layerAt(state, index))].map(({ item }) => item);
  }

  /** A late price that hangs on what a document took would be lost with it. */
  protected refuseSurcharged(name: string): void {
    const sums = new Map<string, Micro>();
    for (const { document, layer, line, value } of this.state.surcharges) {
      const key = `${layer}/${line}`;
      if (document === name) sums.set(key, (sums.get(key) ?? 0n) + value);
    }
    if ([...sums.values()].some((sum) => sum !== 0n)) throw new Refusal(409, "stock.not_whole");
  }

  /** Stops a lot and all that holds some of it; how many lots that is. */
  hold(lot: string): number {
    return this.whole(() => {
      if (this.#holdOf(lot) !== undefined) throw new Refusal(409, "stock.held");
      const lots = this.mistakes.holdsOnlyTheLot ? [lot] : this.#containing(lot);
      this.state.holds.push({ lot, lots, isReleased: false });
      return lots.length;
    });
  }

  release(lot: string): number {
    return this.whole(() => {
      const hold = this.#holdOf(lot);
      if (hold === undefined) throw new Refusal(409, "stock.not_held");
      hold.isReleased = true;
      return hold.lots.length;
    });
  }

  /** The lots that a hold was put on and not taken off. */
  activeHolds(): string[] {
    return this.state.holds.filter(({ isReleased }) => !isReleased).map(({ lot }) => lot);
  }

  #holdOf(lot: string) {
    return this.state.holds.find((hold) => hold.lot === lot && !hold.isReleased);
  }

  /** The lot, what runs made of it, what they made of that, and so on. */
  #containing(lot: string): string[] {
    const lots = [lot];
    for (const each of lots) {
      for (const issue of this.state.issues) {
        const isOfLot = ({ layer }: { layer: number }) => layerAt(this.state, layer).lot === each;
        if (issue.kind !== "run" || issue.isReversed || !issue.takes.some(isOfLot)) continue;
        const made = `${issue.document}/0`;
        const isMade = this.state.runs[issue.document]?.layer !== undefined;
        if (isMade && !lots.includes(made)) lots.push(made);
      }
    }
    return lots;
  }

  /** No row is dated on this business date or before it any more. */
  close(site: number, through: string): void {
    this.whole(() => {
      const over = this.businessDate(site, this.now - 5 * 60_000);
      if (through >= over) throw new Refusal(422, "sites.period_too_recent");
      if (through <= (this.state.closedThrough[site] ?? "")) {
        throw new Refusal(422, "sites.period_closed");
      }
      this.state.closedThrough[site] = through;
    });
  }

  reopenPeriods(site: number, through: string | null): void {
    this.whole(() => {
      const closed = this.state.closedThrough[site] ?? null;
      const isEarlier = closed !== null && (through === null || through < closed);
      if (!isEarlier) throw new Refusal(422, "sites.period_open");
      this.state.closedThrough[site] = through;
    });
  }
}

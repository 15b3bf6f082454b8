import { bring, heldAt, owedAt } from "./ledger.ts";
import { divideRounded, type Micro } from "./micro.ts";
import { type Line, type ReceivedLine, SiteBooks } from "./site-books.ts";

/** Receipts, waste and counts. */
export class StockOracle extends SiteBooks {
  receive(document: string, lines: readonly ReceivedLine[], at: number): void {
    this.whole(() => {
      this.inWindow(at);
      lines.forEach(({ item, quantity, cost, expiresOn }, line) => {
        const origin = `${document}/${line}`;
        bring(this.state, {
          item,
          origin,
          quantityIn: quantity,
          valueIn: cost,
          effectiveAt: at,
          expiresOn,
        });
      });
      this.settle(
        lines.map(({ item }) => item),
        at,
      );
    });
  }

  /** What each line was worth. */
  waste(document: string, lines: readonly Line[]): Micro[] {
    return this.whole(() => {
      const wants = lines.map((line, index) => ({ ...line, document, line: index }));
      const picking = this.picking(this.now, "any");
      // Lines that name a lot come first, so that the others do not take it from them.
      const ofLots = this.takeAll(
        wants.filter(({ origin }) => origin !== undefined),
        picking,
      );
      const others = this.takeAll(
        wants.filter(({ origin }) => origin === undefined),
        picking,
      );
      return wants.map(({ origin }) => (origin === undefined ? others : ofLots).shift() ?? 0n);
    });
  }

  /** The difference of each line, and what it was worth. */
  count(document: string, lines: readonly Line[], at: number) {
    return this.whole(() => {
      this.inWindow(at);
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
      const losses = this.takeAll(losing, this.picking(at, "loss"));
      lines.forEach(({ item }, line) => {
        const [quantityIn = 0n, valueIn = 0n] = [differences[line], gains[line]];
        const expiresOn = expiries[line] ?? null;
        if (quantityIn <= 0n) return;
        bring(this.state, {
          item,
          origin: lines[line]?.origin ?? `${document}/${line}`,
          quantityIn,
          valueIn,
          effectiveAt: at,
          expiresOn,
        });
      });
      this.settle(
        lines.map(({ item }) => item),
        at,
      );
      return differences.map((difference, index) => {
        const value = difference < 0n ? -(losses.shift() ?? 0n) : (gains[index] ?? 0n);
        return { difference, value: difference === 0n ? 0n : value };
      });
    });
  }

  #layerOf(origin: string | undefined) {
    return this.state.layers.find((layer) => layer.origin === origin);
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
}

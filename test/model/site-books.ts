import { businessDate, localDate } from "./calendar.ts";
import { type Books, type Issue, isHeld, layerAt, type Place, putBack, Refusal } from "./ledger.ts";
import type { Micro } from "./micro.ts";
import type { ItemRule, RecipeRule, Rules } from "./rules.ts";
import { type Mistakes, type Picking, settle, shareOf, take, type Want } from "./taking.ts";

export interface Line {
  readonly item: string;
  readonly quantity: Micro;
  /** Only from this lot: what a line of a document brought. */
  readonly lot?: string | undefined;
}

/** A document and the lines that its lots, layers and issues are known by. */
export interface Document {
  readonly name: string;
  readonly kind: "receive" | "waste" | "count" | "run" | "transfer" | "sell" | "correct";
  readonly site: number;
  readonly at: number;
  isUndone: boolean;
}

export interface SoldLine {
  readonly quantity: Micro;
  /** Set for what is made from its recipe as it is sold. */
  readonly isMadeToOrder: boolean;
  /** What was given back, first to last, those without stock too. */
  readonly refunds: Micro[];
}

export interface Sale {
  readonly businessDate: string;
  readonly lines: readonly SoldLine[];
}

export interface Run {
  /** Layer of the good output; undefined if nothing good came out. */
  readonly layer: number | undefined;
  readonly good: Micro;
  readonly lost: Micro;
}

/** What a layer got back of a sale's line. */
export interface Return extends Place {
  readonly document: string;
  readonly line: number;
  readonly order: number;
  readonly layer: number;
  readonly quantity: Micro;
  readonly value: Micro;
  /** The refund that wrote it off again, if one did. */
  readonly wastedBy: string | undefined;
}

/** What a late price added to the cost of what had left a layer. */
export interface Surcharge {
  readonly kind: "sale" | "waste" | "count" | "return" | "loss";
  readonly document: string;
  readonly line: number;
  readonly layer: number | undefined;
  readonly value: Micro;
}

export interface State extends Books {
  readonly documents: Document[];
  readonly sales: Record<string, Sale>;
  readonly runs: Record<string, Run>;
  readonly returns: Return[];
  readonly surcharges: Surcharge[];
  /** Which layer a transfer made of which, by the transfer. */
  readonly carried: {
    readonly document: string;
    readonly line: number;
    readonly from: number;
    readonly to: number;
  }[];
  readonly receiptNumbers: Record<string, number>;
  /** The last business date closed at each site. */
  readonly closedThrough: Record<number, string | null>;
  /** What each line of a receipt costs by now. */
  readonly costs: Record<string, Micro>;
}

const minute = 60_000;

/** What all commands of the oracle share: the books, the rules, and the clock. */
export class SiteBooks {
  state: State = {
    layers: [],
    entries: [],
    issues: [],
    shortfalls: [],
    holds: [],
    recording: { next: 0 },
    documents: [],
    sales: {},
    runs: {},
    returns: [],
    surcharges: [],
    carried: [],
    receiptNumbers: {},
    closedThrough: {},
    costs: {},
  };
  protected readonly rules: Rules;
  protected readonly mistakes: Mistakes;
  now = 0;

  constructor(rules: Rules, mistakes: Mistakes = {}) {
    this.rules = rules;
    this.mistakes = mistakes;
  }

  /** What the books of a site say, to see whether they changed. */
  booksOf(site: number): string {
    const { layers, shortfalls, returns } = this.state;
    const ofSite = [layers, shortfalls, returns].map((rows) => {
      return rows.filter((row) => row.site === site);
    });
    const held = layers.map((layer) => isHeld(this.state, layer));
    const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
    return JSON.stringify([ofSite, held], plain);
  }

  /** All of a command, or nothing of it. */
  protected whole<T>(command: () => T): T {
    const before = structuredClone(this.state);
    try {
      return command();
    } catch (error) {
      this.state = before;
      throw error;
    }
  }

  protected inWindow(site: number, at: number, code = "stock.moment"): void {
    if (at < this.now - 7 * 24 * 60 * minute || at > this.now + 5 * minute)
      throw new Refusal(422, code);
    const closed = this.state.closedThrough[site] ?? "";
    if (this.businessDate(site, at) > closed || this.mistakes.booksIntoClosed) return;
    throw new Refusal(422, "stock.period_closed");
  }

  protected item(item: string): ItemRule {
    const rule = this.rules.items[item];
    if (rule === undefined) throw new Error(`no item ${item}`);
    return rule;
  }

  protected recipe(name: string): RecipeRule {
    const rule = this.rules.recipes[name];
    if (rule === undefined) throw new Error(`no recipe ${name}`);
    return rule;
  }

  protected date(site: number, at: number): string {
    return localDate(at, this.#zone(site));
  }

  protected businessDate(site: number, at: number): string {
    return businessDate(at, this.#zone(site), this.rules.cutoverHours);
  }

  /** The business date it is at a site. */
  today(site: number): string {
    return this.businessDate(site, this.now);
  }

  #zone(site: number): string {
    return this.rules.zones[site] ?? "";
  }

  protected picking(site: number, at: number, eligibility: Picking["eligibility"]): Picking {
    return { at, on: this.date(site, at), eligibility, order: (item) => this.item(item).order };
  }

  protected takeAll(wants: readonly Want[], picking: Picking): Micro[] {
    const taken = take(this.state, wants, picking, this.mistakes);
    if (taken.some(({ missing }) => missing > 0n)) throw new Refusal(409, "stock.short");
    return taken.map(({ value }) => value);
  }

  /** What each line was worth; those that name a lot come first, so that no other takes it. */
  protected takeLotsFirst(wants: readonly Want[], picking: Picking): Micro[] {
    const ofLots = this.takeAll(
      wants.filter(({ lot }) => lot !== undefined),
      picking,
    );
    const others = this.takeAll(
      wants.filter(({ lot }) => lot === undefined),
      picking,
    );
    return wants.map(({ lot }) => (lot === undefined ? others : ofLots).shift() ?? 0n);
  }

  protected settle(site: number, items: readonly string[], cause: number): void {
    const at = Math.max(cause, this.now);
    settle(this.state, { site, items }, this.picking(site, at, "eligible"), this.mistakes);
  }

  protected record(document: Omit<Document, "isUndone">): void {
    this.state.documents.push({ ...document, isUndone: false });
  }

  protected document(name: string): Document {
    const document = this.state.documents.find((each) => each.name === name);
    if (document === undefined) throw new Error(`no document ${name}`);
    return document;
  }

  /** Undoes the settlements that took from these layers: their shortfalls are open again. */
  protected reopen(layers: readonly number[], at: number): void {
    const { issues, shortfalls, returns } = this.state;
    const settled = issues.filter(
      (issue) =>
        issue.settles !== undefined &&
        !issue.isReversed &&
        issue.takes.some((each) => layers.includes(each.layer)),
    );
    const isRefunded = settled.some((issue) =>
      returns.some(
        ({ document, line, item }) =>
          document === issue.document && line === issue.line && item === issue.item,
      ),
    );
    if (isRefunded) throw new Refusal(409, "stock.not_whole");
    for (const issue of settled) {
      const added = this.surchargesOn([issue]);
      putBack(this.state, issue, at);
      this.giveBack(added);
      for (const { value, ...each } of added) {
        this.state.surcharges.push({ kind: "sale", ...each, value: -value });
      }
      issue.isReopened = true;
      const shortfall = shortfalls[issue.settles ?? -1];
      const quantity = issue.takes.reduce((sum, each) => sum + each.quantity, 0n);
      shortfall?.changes.push({ at, quantity });
      if (shortfall !== undefined) shortfall.open += quantity;
    }
  }

  /** What late prices added to what these issues took for lines of sales, before they are undone. */
  protected surchargesOn(undone: readonly Issue[]): LineSurcharge[] {
    const { issues, surcharges } = this.state;
    const isOf = (one: LineOfLayer) => (each: LineOfLayer) =>
      each.document === one.document && each.line === one.line && each.layer === one.layer;
    const takesOf = (some: readonly Issue[]) =>
      some.flatMap((issue) => issue.takes.map((each) => ({ ...issue, ...each })));
    const taken = takesOf(undone);
    const all = takesOf(issues.filter(({ kind, isReversed }) => kind === "sale" && !isReversed));
    const firsts = taken.filter((one, index) => taken.findIndex(isOf(one)) === index);
    return firsts.map((one) => {
      const { document, line, layer } = one;
      const sum = (rows: readonly (LineOfLayer & { readonly quantity: Micro })[]) =>
        rows.filter(isOf(one)).reduce((quantity, each) => quantity + each.quantity, 0n);
      const added = surcharges
        .filter((each) => each.kind === "sale" && isOf(one)(each))
        .reduce((value, each) => value + each.value, 0n);
      const size = shareOf(added < 0n ? -added : added, sum(taken), sum(all));
      return { document, line, layer, value: added < 0n ? -size : size };
    });
  }

  /** To the layers, which cannot fall below nothing. */
  protected giveBack(added: LineSurcharge[]): void {
    for (const each of added) {
      const layer = layerAt(this.state, each.layer);
      if (each.value < -layer.value) each.value = -layer.value;
      layer.value += each.value;
    }
  }
}

interface LineOfLayer {
  readonly document: string;
  readonly line: number;
  readonly layer: number | undefined;
}

export interface LineSurcharge extends LineOfLayer {
  readonly layer: number;
  value: Micro;
}

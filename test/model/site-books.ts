import { localDate } from "./calendar.ts";
import {
  type Books,
  type Mistakes,
  type Picking,
  Refusal,
  settle,
  take,
  type Want,
} from "./ledger.ts";
import type { Micro } from "./micro.ts";
import type { ItemRule, RecipeRule, Rules } from "./rules.ts";

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

export interface State extends Books {
  readonly sales: Sale[];
  readonly runs: Run[];
  readonly receiptNumbers: Record<string, number>;
}

const minute = 60_000;

/** What all commands of the oracle share: the state of a site, its rules, and the clock. */
export class SiteBooks {
  state: State = {
    layers: [],
    entries: [],
    issues: [],
    shortfalls: [],
    sales: [],
    runs: [],
    receiptNumbers: {},
  };
  protected readonly rules: Rules;
  protected readonly mistakes: Mistakes;
  now = 0;

  constructor(rules: Rules, mistakes: Mistakes = {}) {
    this.rules = rules;
    this.mistakes = mistakes;
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

  protected inWindow(at: number, code = "stock.moment"): void {
    if (at < this.now - 7 * 24 * 60 * minute || at > this.now + 5 * minute)
      throw new Refusal(422, code);
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

  protected date(at: number): string {
    return localDate(at, this.rules.zone);
  }

  protected picking(at: number, eligibility: Picking["eligibility"]): Picking {
    return { at, on: this.date(at), eligibility, order: (item) => this.item(item).order };
  }

  protected takeAll(wants: readonly Want[], picking: Picking): Micro[] {
    const taken = take(this.state, wants, picking, this.mistakes);
    if (taken.some(({ missing }) => missing > 0n)) throw new Refusal(409, "stock.short");
    return taken.map(({ value }) => value);
  }

  protected settle(items: readonly string[], cause: number): void {
    const at = Math.max(cause, this.now);
    settle(this.state, items, this.picking(at, "eligible"), this.mistakes);
  }
}

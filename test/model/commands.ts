// Items, documents, lots, lines, sites and tills are named by number; the driver takes them modulo
// what there is.

interface Timed {
  /** Minutes that pass before the command. */
  readonly wait: number;
}

interface Dated extends Timed {
  /** Minutes by which it is dated back; negative is ahead. */
  readonly back: number;
  readonly site: number;
}

export interface PlannedLine {
  readonly item: number;
  readonly quantity: string;
}

export interface LotLine extends PlannedLine {
  readonly lot: number | null;
}

export interface RefundLine {
  readonly line: number;
  /** Hundredths of what is left of it. */
  readonly share: number;
  readonly disposition: "waste" | "restock" | "none";
}

interface Kinds {
  receive: Dated & {
    readonly lines: readonly (PlannedLine & {
      readonly cost: string;
      readonly expiresIn: number | null;
      readonly inGrams: boolean;
    })[];
  };
  sell: Dated & {
    readonly till: number;
    readonly sellsThrough: boolean;
    readonly lines: readonly PlannedLine[];
  };
  waste: Dated & { readonly lines: readonly LotLine[] };
  count: Dated & { readonly lines: readonly LotLine[] };
  run: Dated & {
    readonly recipe: number;
    readonly planned: string;
    /** Hundredths of what was planned. */
    readonly actual: number;
    readonly consumed: readonly PlannedLine[];
    readonly explodes: boolean;
  };
  transfer: Dated & { readonly lines: readonly LotLine[] };
  void: Timed & { readonly sale: number };
  refund: Timed & { readonly sale: number; readonly lines: readonly RefundLine[] };
  reverse: Timed & { readonly run: number };
  /** One line of it goes back, hundredths of what is left; null is all of the receipt. */
  undoReceipt: Timed & {
    readonly receipt: number;
    readonly line: number;
    readonly share: number | null;
  };
  undoWaste: Timed & { readonly waste: number };
  undoCount: Timed & { readonly count: number };
  correct: Timed & {
    readonly receipt: number;
    readonly lines: readonly { readonly line: number; readonly cost: string }[];
  };
  hold: Timed & { readonly lot: number };
  release: Timed & { readonly lot: number };
  close: Timed & { readonly site: number; readonly daysAgo: number };
  reopen: Timed & { readonly site: number; readonly daysAgo: number | null };
  resend: Timed & { readonly command: number };
}

export type CommandKind = keyof Kinds;
export type CommandOf<K extends CommandKind> = {
  [Kind in K]: Kinds[Kind] & { readonly kind: Kind };
}[K];
export type Command = CommandOf<CommandKind>;

import fc from "fast-check";

// Items, documents, lots and tills are named by number; the driver takes them modulo what there is.

interface Timed {
  /** Minutes that pass before the command. */
  readonly wait: number;
  /** Minutes by which it is dated back; negative is ahead. */
  readonly back: number;
}

export interface PlannedLine {
  readonly item: number;
  readonly quantity: string;
}

export type Command = Timed &
  (
    | {
        readonly kind: "receive";
        readonly lines: readonly (PlannedLine & {
          readonly cost: string;
          readonly expiresIn: number | null;
          readonly inGrams: boolean;
        })[];
      }
    | {
        readonly kind: "sell";
        readonly till: number;
        readonly sellsThrough: boolean;
        readonly lines: readonly PlannedLine[];
      }
    | {
        readonly kind: "waste";
        readonly lines: readonly (PlannedLine & { readonly lot: number | null })[];
      }
    | {
        readonly kind: "count";
        readonly lines: readonly (PlannedLine & { readonly lot: number | null })[];
      }
    | { readonly kind: "void"; readonly sale: number }
    | {
        readonly kind: "run";
        readonly recipe: number;
        readonly planned: string;
        /** Hundredths of what was planned. */
        readonly actual: number;
        readonly consumed: readonly PlannedLine[];
        readonly explodes: boolean;
      }
    | { readonly kind: "reverse"; readonly run: number }
    | { readonly kind: "resend"; readonly command: number }
  );

const choose = <T>(...pairs: readonly (readonly [number, T])[]) =>
  fc.oneof(...pairs.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const item = fc.nat(5);
/** Many that do not divide evenly, some of a millionth, a few that nobody has. */
const quantity = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }).map(String) },
  {
    weight: 4,
    arbitrary: fc.constantFrom("0.333333", "0.5", "1.666667", "2.142857", "3.333333", "7.000001"),
  },
  { weight: 1, arbitrary: fc.constantFrom("0.000001", "0.000007", "250") },
);
const cost = fc.constantFrom("10.00", "7.77", "33.35", "0.01", "1.00", "100.03", "0.00");
const expiresIn = choose<number | null>([3, null], [1, -1], [1, 0], [2, 1], [2, 2], [2, 4]);
const timed = {
  wait: choose([6, 0], [4, 1], [3, 37], [2, 600], [1, 1_500], [1, 4_000]),
  back: choose([28, 0], [4, 30], [4, 1_440], [2, 9_000], [1, 10_090], [2, -4], [1, -6]),
};
const line = fc.record({ item, quantity });
const lot = choose<number | null>([4, null], [1, 0], [1, 1], [1, 2]);
const lines = (max: number) => fc.array(line, { minLength: 1, maxLength: max });

const receive = fc.record({
  kind: fc.constant("receive" as const),
  ...timed,
  lines: fc.array(
    fc.record({ item, quantity, cost, expiresIn, inGrams: choose([5, false], [1, true]) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
});

const place = { till: choose([4, 0], [3, 1], [2, 2]), sellsThrough: choose([3, false], [2, true]) };
const sell = fc
  .record({ kind: fc.constant("sell" as const), ...timed, ...place, lines: lines(4) })
  // Selling through without a till is refused: seldom is enough.
  .map((each) => (each.till === 2 && each.back === 0 ? { ...each, sellsThrough: false } : each));

const waste = fc.record({
  kind: fc.constant("waste" as const),
  ...timed,
  lines: fc.array(fc.record({ item, quantity, lot }), { minLength: 1, maxLength: 3 }),
});

const count = fc.record({
  kind: fc.constant("count" as const),
  ...timed,
  lines: fc.array(fc.record({ item, quantity: fc.oneof(quantity, fc.constant("0")), lot }), {
    minLength: 1,
    maxLength: 3,
  }),
});

const run = fc.record({
  kind: fc.constant("run" as const),
  ...timed,
  recipe: fc.nat(1),
  planned: quantity,
  actual: choose([6, 100], [2, 80], [1, 97], [1, 110]),
  consumed: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({ item: fc.nat(2), quantity: fc.oneof(quantity, fc.constant("0")) }),
        { minLength: 1, maxLength: 1 },
      ),
    },
  ),
  explodes: fc.boolean(),
});

const single = <K extends string, N extends string>(kind: K, name: N) =>
  fc.record({ kind: fc.constant(kind), ...timed, [name]: fc.nat(3) } as {
    kind: fc.Arbitrary<K>;
    wait: fc.Arbitrary<number>;
    back: fc.Arbitrary<number>;
  } & Record<N, fc.Arbitrary<number>>);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: receive },
  { weight: 7, arbitrary: sell },
  { weight: 3, arbitrary: run },
  { weight: 2, arbitrary: waste },
  { weight: 2, arbitrary: count },
  { weight: 2, arbitrary: single("void", "sale") as fc.Arbitrary<Command> },
  { weight: 2, arbitrary: single("reverse", "run") as fc.Arbitrary<Command> },
  { weight: 1, arbitrary: single("resend", "command") as fc.Arbitrary<Command> },
);

/** A generous delivery of all that is kept in stock, in lots that expire on different days. */
const opening: Command = {
  kind: "receive",
  wait: 0,
  back: 0,
  lines: [
    { item: 0, quantity: "70", cost: "61.37", expiresIn: null, inGrams: false },
    { item: 1, quantity: "11", cost: "80.01", expiresIn: 4, inGrams: false },
    { item: 1, quantity: "7", cost: "49.99", expiresIn: 2, inGrams: false },
    { item: 2, quantity: "13", cost: "17.77", expiresIn: null, inGrams: false },
    { item: 3, quantity: "9", cost: "10.00", expiresIn: 1, inGrams: false },
  ],
};

const few = fc.array(command, { minLength: 1, maxLength: 11 });
const many = fc.array(command, { minLength: 7, maxLength: 11 });

/** Up to 12 commands on the books of a site that is new; three in four begin with something in stock. */
export const sequences: fc.Arbitrary<Command[]> = fc
  .tuple(
    choose([3, true], [1, false]),
    fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: few },
      { weight: 3, arbitrary: many },
    ),
  )
  .map(([hasStock, commands]) => (hasStock ? [opening, ...commands] : commands));

import fc from "fast-check";
import type { Command, CommandKind, CommandOf } from "./commands.ts";

const choose = <T>(...pairs: readonly (readonly [number, T])[]) =>
  fc.oneof(...pairs.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

/** Many that do not divide evenly, some of a millionth, a few that nobody has. */
const quantity = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }).map(String) },
  {
    weight: 4,
    arbitrary: fc.constantFrom("0.333333", "0.5", "1.666667", "2.142857", "3.333333", "7.000001"),
  },
  { weight: 1, arbitrary: fc.constantFrom("0.000001", "0.000007", "250") },
);
/** What there mostly is. */
const little = fc.constantFrom(
  "1",
  "2",
  "3",
  "0.333333",
  "0.5",
  "1.666667",
  "2.142857",
  "4.000001",
);
const mostlyLittle = fc.oneof({ weight: 4, arbitrary: little }, { weight: 1, arbitrary: quantity });
const item = fc.nat(5);
const cost = fc.constantFrom("10.00", "7.77", "33.35", "0.01", "1.00", "100.03", "0.00");
const expiresIn = choose<number | null>([3, null], [1, -1], [1, 0], [2, 1], [2, 2], [2, 4]);
const timed = { wait: choose([6, 0], [4, 1], [3, 37], [2, 600], [1, 1_500], [1, 4_000]) };
const dated = {
  ...timed,
  back: choose([28, 0], [4, 30], [4, 1_440], [2, 9_000], [1, 10_090], [2, -4], [1, -6]),
  site: choose([7, 0], [2, 1]),
};
const lot = choose<number | null>([4, null], [1, 0], [1, 1], [1, 2]);
const list = <T>(each: fc.Arbitrary<T>, maxLength: number) =>
  fc.array(each, { minLength: 1, maxLength });
const lotLine = fc.record({ item, quantity: mostlyLittle, lot });
const soldLine = fc.record({ item, quantity: mostlyLittle });
/** One of the last few documents, or lots. */
const nth = fc.nat(3);

type Fields<K extends CommandKind> = {
  [F in Exclude<keyof CommandOf<K>, "kind">]: fc.Arbitrary<CommandOf<K>[F]>;
};

const make = <K extends CommandKind>(kind: K, fields: Fields<K>): fc.Arbitrary<CommandOf<K>> =>
  fc.record({ kind: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<CommandOf<K>>;

const receivedLine = { item, quantity, cost, expiresIn, inGrams: choose([5, false], [1, true]) };
const receive = make("receive", { ...dated, lines: list(fc.record(receivedLine), 4) });

const place = { till: choose([4, 0], [3, 1], [2, 2]), sellsThrough: choose([3, false], [2, true]) };
const sell = make("sell", { ...dated, ...place, lines: list(soldLine, 4) })
  // Selling through without a till is refused: seldom is enough.
  .map((each) => (each.till === 2 && each.back === 0 ? { ...each, sellsThrough: false } : each));

const waste = make("waste", { ...dated, lines: list(lotLine, 3) });
const found = fc.record({ item, quantity: fc.oneof(quantity, fc.constant("0")), lot });
const count = make("count", { ...dated, lines: list(found, 3) });
const transfer = make("transfer", { ...dated, lines: list(lotLine, 2) });

const said = fc.record({ item: fc.nat(2), quantity: fc.oneof(quantity, fc.constant("0")) });
const run = make("run", {
  ...dated,
  recipe: fc.nat(1),
  planned: mostlyLittle,
  actual: choose([6, 100], [2, 80], [1, 97], [1, 110], [1, 0]),
  consumed: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(said, { minLength: 1, maxLength: 1 }) },
  ),
  explodes: fc.boolean(),
});

const share = choose([3, 100], [2, 50], [2, 33], [1, 1], [1, 130]);
const disposition = choose<"waste" | "restock" | "none">([3, "restock"], [3, "waste"], [1, "none"]);
const refundedLine = { line: nth, share, disposition };
const refunded = fc.record(refundedLine);
const refund = make("refund", { ...timed, sale: nth, lines: list(refunded, 2) });

const undoReceipt = make("undoReceipt", {
  ...timed,
  receipt: nth,
  line: nth,
  share: fc.oneof(fc.constant(null), share),
});
const corrected = list(fc.record({ line: fc.nat(4), cost }), 2);
const correct = make("correct", { ...timed, receipt: nth, lines: corrected });

const site = choose([3, 0], [1, 1]);
const close = make("close", { ...timed, site, daysAgo: choose([3, 1], [2, 2], [1, 5], [1, 0]) });
const reopen = make("reopen", {
  ...timed,
  site,
  daysAgo: choose<number | null>([2, null], [2, 3], [1, 1]),
});

const weighted: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [10, receive],
  [14, sell],
  [8, run],
  [6, transfer],
  [5, waste],
  [4, count],
  [8, refund],
  [7, correct],
  [4, make("void", { ...timed, sale: nth })],
  [4, make("reverse", { ...timed, run: nth })],
  [4, undoReceipt],
  [2, make("undoWaste", { ...timed, waste: nth })],
  [2, make("undoCount", { ...timed, count: nth })],
  [3, make("hold", { ...timed, lot: fc.nat(9) })],
  [2, make("release", { ...timed, lot: fc.nat(9) })],
  [2, close],
  [1, reopen],
  [2, make("resend", { ...timed, command: nth })],
];
const command: fc.Arbitrary<Command> = fc.oneof(
  ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })),
);

const now = { wait: 0, back: 0, site: 0 };
const atTill = { kind: "sell" as const, till: 0, sellsThrough: false };
const much = fc.constantFrom("5", "9", "11", "13", "18", "70");

/** What is thrown away and found again an hour later was not there in between. */
const lostAndFound = fc
  .record({ item: fc.nat(3), quantity: much, sellsThrough: fc.boolean() })
  .map(({ item, quantity, sellsThrough }): Command[] => [
    { ...now, kind: "waste", lines: [{ item, quantity, lot: null }] },
    { kind: "undoWaste", wait: 60, waste: 0 },
    { ...now, ...atTill, back: 30, sellsThrough, lines: [{ item, quantity }] },
  ]);

/** A lot is stopped after a run made something of it, then sold of all the same. */
const heldAndSold = fc
  .record({ planned: little, lot: fc.nat(3), recipe: fc.nat(1), sold: item })
  .map(({ planned, lot: number, recipe, sold }): Command[] => [
    { ...now, kind: "run", recipe, planned, actual: 100, consumed: [], explodes: false },
    { kind: "hold", wait: 1, lot: number },
    { ...now, ...atTill, lines: [{ item: sold, quantity: "1" }] },
    { kind: "release", wait: 1, lot: 0 },
    { ...now, ...atTill, lines: [{ item: sold, quantity: "1" }] },
  ]);

/** A delivery note turns up after its day was closed, and is booked once that is open again. */
const closedTooEarly = fc
  .record({
    daysAgo: fc.constantFrom(1, 2),
    through: fc.constantFrom(null, 4),
    line: soldLine,
    cost,
  })
  .map(({ daysAgo, through, line, cost: paid }): Command[] => {
    const lines = [{ ...line, cost: paid, expiresIn: null, inGrams: false }];
    const late: Command = { ...now, kind: "receive", back: 4_320, lines };
    const reopened: Command = { kind: "reopen", wait: 1, site: 0, daysAgo: through };
    return [{ kind: "close", wait: 0, site: 0, daysAgo }, late, reopened, late];
  });

/** A sale of several lines, parts of which come back again and again. */
const soldAndReturned = fc
  .record({ bought: list(soldLine, 3), refunds: list(list(fc.record(refundedLine), 2), 3) })
  .map(({ bought, refunds }): Command[] => [
    { ...now, ...atTill, sellsThrough: true, lines: bought },
    ...refunds.map((lines): Command => ({ kind: "refund", wait: 1, sale: 0, lines })),
  ]);

const elsewhereNow = { wait: 0, back: 0, site: 1 };
const stocked = fc.nat(3);

/** One line takes from several layers, and gives back to them bit by bit, at a new price. */
const returnedInBits = fc
  .record({
    kept: stocked,
    price: cost,
    disposition: choose<"waste" | "restock">([2, "restock"], [1, "waste"]),
  })
  .map(({ kept, price, disposition }): Command[] => {
    const came = { item: kept, expiresIn: null, inGrams: false };
    const bit = (part: number): Command => {
      return { kind: "refund", wait: 1, sale: 0, lines: [{ line: 0, share: part, disposition }] };
    };
    const lines = [
      { ...came, quantity: "1", cost: "1.00" },
      { ...came, quantity: "2.142857", cost: "33.35" },
      { ...came, quantity: "3", cost: "10.00" },
    ];
    return [
      { ...elsewhereNow, kind: "receive", lines },
      { ...elsewhereNow, ...atTill, sellsThrough: true, lines: [{ item: kept, quantity: "5" }] },
      bit(33),
      { kind: "correct", wait: 1, receipt: 0, lines: [{ line: 1, cost: price }] },
      bit(50),
      bit(100),
    ];
  });

/** Two sales of what is not there, then less than both took. */
const soldThrough = fc
  .record({ wanted: stocked, quantity: little, cost })
  .map(({ wanted, quantity: came, cost: paid }): Command[] => {
    const sold = { ...elsewhereNow, ...atTill, sellsThrough: true };
    const line = { item: wanted, cost: paid, expiresIn: null, inGrams: false };
    return [
      { ...sold, lines: [{ item: wanted, quantity: "7" }] },
      { ...sold, wait: 1, lines: [{ item: wanted, quantity: "5" }] },
      { ...elsewhereNow, kind: "receive", lines: [{ ...line, quantity: came }] },
    ];
  });

/** Goods are used, carried and sold before their price comes. */
const pricedLate = fc
  .record({ planned: little, actual: choose([2, 100], [1, 80]), line: fc.nat(4), cost })
  .map(({ planned, actual, line, cost: price }): Command[] => [
    { ...now, kind: "run", recipe: 0, planned, actual, consumed: [], explodes: false },
    { ...now, kind: "transfer", lines: [{ item: line, quantity: "1", lot: null }] },
    { ...now, ...atTill, lines: [{ item: line, quantity: "1.666667" }] },
    { kind: "correct", wait: 1, receipt: 0, lines: [{ line, cost: price }] },
  ]);

/** A generous delivery of all that is kept in stock, in lots that expire on different days. */
const opening: Command = {
  kind: "receive",
  wait: 0,
  back: 2_900,
  site: 0,
  lines: [
    { item: 0, quantity: "70", cost: "61.37", expiresIn: null, inGrams: false },
    { item: 1, quantity: "11", cost: "80.01", expiresIn: 6, inGrams: false },
    { item: 1, quantity: "7", cost: "49.99", expiresIn: 4, inGrams: false },
    { item: 2, quantity: "13", cost: "17.77", expiresIn: null, inGrams: false },
    { item: 3, quantity: "9", cost: "10.00", expiresIn: 3, inGrams: false },
  ],
};
/** A smaller one at the other site, which is short of some. */
const elsewhere: Command = {
  kind: "receive",
  wait: 0,
  back: 1_000,
  site: 1,
  lines: [
    { item: 0, quantity: "5", cost: "7.77", expiresIn: null, inGrams: false },
    { item: 3, quantity: "2", cost: "3.01", expiresIn: 2, inGrams: false },
  ],
};

const single = command.map((each): Command[] => [each]);
/** Mostly commands of all kinds, sometimes a few that make something of each other. */
const phrase: fc.Arbitrary<Command[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 34, arbitrary: single },
  ...[
    lostAndFound,
    heldAndSold,
    soldAndReturned,
    returnedInBits,
    soldThrough,
    pricedLate,
    closedTooEarly,
  ].map((arbitrary) => {
    return { weight: 1, arbitrary };
  }),
);
const few = fc.array(phrase, { minLength: 1, maxLength: 6 });
const many = fc.array(phrase, { minLength: 4, maxLength: 8 });

/** Some dozen commands on the books of sites that are new; most begin with something in stock. */
export const sequences: fc.Arbitrary<Command[]> = fc
  .tuple(
    choose<readonly Command[]>([4, [opening]], [2, [opening, elsewhere]], [2, []]),
    fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: few },
      { weight: 3, arbitrary: many },
    ),
  )
  .map(([stock, phrases]) => [...stock, ...phrases.flat()]);

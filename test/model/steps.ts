import * as bakery from "../harness/bakery.ts";
import { addDays, localDate } from "./calendar.ts";
import type { Command, PlannedLine } from "./commands.ts";
import { divideRounded, type Micro, micro, microText } from "./micro.ts";
import type { Oracle } from "./oracle.ts";
import type { Line } from "./site-books.ts";
import type { World } from "./world.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are compared field by field
export type Answered = any;

/** What a command asks of the web, what the oracle says to it, and how their answers compare. */
export interface Step {
  readonly path: string;
  readonly body: object;
  /** Runs it against the oracle; returns what a success must answer. */
  predict(): Answered;
  /** The same part of the web's answer. */
  answered(answer: Answered): Answered;
  /** Remembers ids of what the web made. */
  remember?(answer: Answered): void;
}

/** Where commands play, and what they have made so far. */
export interface Scene {
  readonly world: World;
  readonly oracle: Oracle;
  readonly documents: { kind: Command["kind"]; document: string; id: string }[];
  /** Ids of lots by the document and line that brought them. */
  readonly lots: Map<string, { item: string; id: string }>;
}

export type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

export const minute = 60_000;
const iso = (at: number) => new Date(at).toISOString();
/** A decimal of any scale as the oracle prints it. */
const plain = (text: string | null): string | null =>
  text === null ? null : microText(micro(text));
const text = (value: Micro | null): string | null => (value === null ? null : microText(value));

function itemOf({ world }: Scene, number: number): string {
  return world.items[number % world.items.length] ?? "";
}

/** Only what is kept in stock: the first four. */
function stockedOf(scene: Scene, number: number): string {
  return itemOf(scene, number % 4);
}

export function receiveStep(
  scene: Scene,
  command: Of<"receive">,
  document: string,
  at: number,
): Step {
  const when = command.back === 0 ? {} : { effectiveAt: iso(at) };
  const { zone } = scene.world.rules;
  const lines = command.lines.map((line) => {
    const item = stockedOf(scene, line.item);
    const grams = line.inGrams && scene.world.isInKilograms(item);
    const entered = micro(line.quantity);
    // Grams of a millionth would be nothing in kilograms.
    const isNothing = grams && divideRounded(entered, 1_000n) === 0n;
    const quantity = grams && !isNothing ? divideRounded(entered, 1_000n) : entered;
    const unit = grams && !isNothing ? { unit: "g" } : {};
    const expiresOn = line.expiresIn === null ? null : addDays(localDate(at, zone), line.expiresIn);
    return {
      item,
      quantity,
      cost: micro(line.cost),
      expiresOn,
      body: {
        itemId: item,
        quantity: line.quantity,
        totalCost: line.cost,
        ...unit,
        ...(expiresOn === null ? {} : { expiresOn }),
      },
    };
  });
  return {
    path: "/receipts",
    body: { siteId: scene.world.siteId, ...when, lines: lines.map(({ body }) => body) },
    predict: () => {
      scene.oracle.receive(document, lines, at);
      return lines.map(({ quantity }) => text(quantity));
    },
    answered: (answer) => answer.lines.map((line: Answered) => plain(line.stockQuantity)),
    remember: (answer) => {
      answer.lines.forEach((line: Answered, index: number) => {
        scene.lots.set(`${document}/${index}`, { item: line.itemId, id: line.lotId });
      });
    },
  };
}

export function sellStep(scene: Scene, command: Of<"sell">, document: string, at: number): Step {
  const { siteId, tillIds } = scene.world;
  const till = tillIds[command.till];
  const lines = command.lines.map((line) => ({
    item: itemOf(scene, line.item),
    quantity: micro(line.quantity),
  }));
  const body = {
    ...bakery.saleOf(
      siteId,
      lines.map(({ item, quantity }) => ({ itemId: item, quantity: microText(quantity) })),
    ),
    ...(till === undefined ? {} : { tillId: till }),
    ...(command.back === 0 ? {} : { soldAt: iso(at) }),
    ...(command.sellsThrough ? { onShort: "record" } : {}),
  };
  return {
    path: "/sales",
    body,
    predict: () => {
      const sold = scene.oracle.sell(document, lines, {
        at,
        till,
        sellsThrough: command.sellsThrough,
      });
      const costs = sold.lines.map(({ cost, short }) => ({
        cost: text(cost),
        short: text(short),
      }));
      return { number: sold.number, lines: costs };
    },
    answered: (answer) => ({
      number: answer.receiptNumber,
      lines: answer.lines.map((line: Answered) => ({
        cost: plain(line.cost),
        short: line.shortQuantity,
      })),
    }),
    remember: (answer) => scene.documents.push({ kind: "sell", document, id: answer.id }),
  };
}

/** Lines with the lot they name, if there is one of their item. */
function withLots(scene: Scene, lines: readonly (PlannedLine & { readonly lot: number | null })[]) {
  return lines.map((line): { line: Line; body: object } => {
    const item = stockedOf(scene, line.item);
    const ofItem = [...scene.lots].filter(([, lot]) => lot.item === item);
    const [origin, lot] =
      (line.lot === null ? undefined : ofItem[line.lot % Math.max(ofItem.length, 1)]) ?? [];
    const quantity = micro(line.quantity);
    return {
      line: { item, quantity, origin },
      body: { itemId: item, ...(lot === undefined ? {} : { lotId: lot.id }) },
    };
  });
}

export function wasteStep(scene: Scene, command: Of<"waste">, document: string): Step {
  const lines = withLots(scene, command.lines);
  const bodies = lines.map(({ line, body }) => ({ ...body, quantity: microText(line.quantity) }));
  return {
    path: "/stock/waste",
    body: { siteId: scene.world.siteId, reason: "dropped", lines: bodies },
    predict: () =>
      scene.oracle
        .waste(
          document,
          lines.map(({ line }) => line),
        )
        .map(text),
    answered: (answer) => answer.lines.map((line: Answered) => plain(line.value)),
  };
}

export function countStep(scene: Scene, command: Of<"count">, document: string, at: number): Step {
  // An item is counted as a whole or by lots, and nothing twice.
  const found = withLots(scene, command.lines);
  const lines = found.filter(
    ({ line }, index) => found.findIndex((other) => other.line.item === line.item) === index,
  );
  const bodies = lines.map(({ line, body }) => ({ ...body, counted: microText(line.quantity) }));
  const when = command.back === 0 ? {} : { countedAt: iso(at) };
  return {
    path: "/stock/counts",
    body: { siteId: scene.world.siteId, ...when, lines: bodies },
    predict: () =>
      scene.oracle
        .count(
          document,
          lines.map(({ line }) => line),
          at,
        )
        .map(({ difference, value }) => ({ difference: text(difference), value: text(value) })),
    answered: (answer) =>
      answer.lines.map((line: Answered) => ({
        difference: plain(line.difference),
        value: plain(line.value),
      })),
  };
}

export function runStep(scene: Scene, command: Of<"run">, document: string, at: number): Step {
  const when = command.back === 0 ? {} : { effectiveAt: iso(at) };
  const { siteId, recipes } = scene.world;
  const recipe = recipes[command.recipe] ?? "";
  const planned = micro(command.planned);
  const actual = divideRounded(planned * BigInt(command.actual), 100n);
  const consumed = command.consumed.map((line) => ({
    item: itemOf(scene, line.item),
    quantity: micro(line.quantity),
  }));
  const said = consumed.map(({ item, quantity }) => ({
    itemId: item,
    quantity: microText(quantity),
  }));
  return {
    path: "/production-runs",
    body: {
      siteId,
      recipeId: recipe,
      plannedOutput: command.planned,
      actualOutput: microText(actual),
      ...(said.length === 0 ? {} : { consumed: said }),
      ...(command.explodes ? { explodeShortage: true } : {}),
      ...when,
    },
    predict: () => {
      const { explodes } = command;
      const plan = { recipe, planned, actual, consumed, explodes, at };
      const { cost, value } = scene.oracle.run(document, plan);
      return { cost: text(cost), value: text(value) };
    },
    answered: ({ totalCost, abnormalLoss }) => ({
      cost: plain(totalCost),
      value: text(micro(totalCost) - micro(abnormalLoss)),
    }),
    remember: (answer) => scene.documents.push({ kind: "run", document, id: answer.id }),
  };
}

/** A void of a sale or a reversal of a run, if there is any yet. */
export function undoStep(scene: Scene, number: number, kind: "sell" | "run"): Step | undefined {
  const done = scene.documents.filter((each) => each.kind === kind);
  const target = done[number % Math.max(done.length, 1)];
  if (target === undefined) return undefined;
  const isSale = kind === "sell";
  return {
    path: isSale ? `/sales/${target.id}/void` : `/production-runs/${target.id}/reverse`,
    body: isSale ? { reason: "by mistake" } : {},
    predict: () => {
      if (isSale) scene.oracle.voidSale(target.document);
      else scene.oracle.reverseRun(target.document);
      return isSale ? "voided" : "reversed";
    },
    answered: (answer) => answer.status,
  };
}

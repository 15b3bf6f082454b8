import * as bakery from "../harness/bakery.ts";
import { addDays, localDate } from "./calendar.ts";
import type { CommandOf } from "./commands.ts";
import { divideRounded, micro, microText } from "./micro.ts";
import {
  type Answered,
  datedOf,
  iso,
  itemOf,
  plain,
  type Scene,
  type Step,
  stockedOf,
  text,
  withLots,
} from "./scene.ts";

export function receiveStep(scene: Scene, command: CommandOf<"receive">, document: string): Step {
  const { site, at, siteId, isNow } = datedOf(scene, command);
  const when = isNow ? {} : { effectiveAt: iso(at) };
  const zone = scene.world.rules.zones[site] ?? "";
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
    body: { siteId, ...when, lines: lines.map(({ body }) => body) },
    predict: () => {
      scene.oracle.receive(document, { site, at }, lines);
      return lines.map(({ quantity }) => text(quantity));
    },
    answered: (answer) => answer.lines.map((line: Answered) => plain(line.stockQuantity)),
    remember: (answer) => {
      const lineIds = answer.lines.map((line: Answered) => line.id);
      scene.documents.push({ kind: "receive", document, id: answer.id, lineIds });
      answer.lines.forEach((line: Answered, index: number) => {
        scene.lots.set(`${document}/${index}`, { item: line.itemId, id: line.lotId });
      });
    },
  };
}

export function sellStep(scene: Scene, command: CommandOf<"sell">, document: string): Step {
  const { site, at, siteId, isNow } = datedOf(scene, command);
  const till = scene.world.sites[site]?.tillIds[command.till];
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
    ...(isNow ? {} : { soldAt: iso(at) }),
    ...(command.sellsThrough ? { onShort: "record" } : {}),
  };
  return {
    path: "/sales",
    body,
    predict: () => {
      const { sellsThrough } = command;
      const sold = scene.oracle.sell(document, lines, { site, at, till, sellsThrough });
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
    remember: (answer) => {
      const lineIds = answer.lines.map((line: Answered) => line.id);
      scene.documents.push({ kind: "sell", document, id: answer.id, lineIds });
    },
  };
}

export function wasteStep(scene: Scene, command: CommandOf<"waste">, document: string): Step {
  const { site, siteId } = datedOf(scene, command);
  const lines = withLots(scene, command.lines);
  const bodies = lines.map(({ line, body }) => ({ ...body, quantity: microText(line.quantity) }));
  return {
    path: "/stock/waste",
    body: { siteId, reason: "dropped", lines: bodies },
    predict: () =>
      scene.oracle
        .waste(
          document,
          site,
          lines.map(({ line }) => line),
        )
        .map(text),
    answered: (answer) => answer.lines.map((line: Answered) => plain(line.value)),
    remember: ({ id }) => scene.documents.push({ kind: "waste", document, id, lineIds: [] }),
  };
}

export function countStep(scene: Scene, command: CommandOf<"count">, document: string): Step {
  const { site, at, siteId, isNow } = datedOf(scene, command);
  // An item is counted as a whole or by lots, and nothing twice.
  const found = withLots(scene, command.lines);
  const lines = found.filter(
    ({ line }, index) => found.findIndex((other) => other.line.item === line.item) === index,
  );
  const bodies = lines.map(({ line, body }) => ({ ...body, counted: microText(line.quantity) }));
  const when = isNow ? {} : { countedAt: iso(at) };
  return {
    path: "/stock/counts",
    body: { siteId, ...when, lines: bodies },
    predict: () =>
      scene.oracle
        .count(
          document,
          { site, at },
          lines.map(({ line }) => line),
        )
        .map(({ difference, value }) => ({ difference: text(difference), value: text(value) })),
    answered: (answer) =>
      answer.lines.map((line: Answered) => ({
        difference: plain(line.difference),
        value: plain(line.value),
      })),
    remember: ({ id }) => scene.documents.push({ kind: "count", document, id, lineIds: [] }),
  };
}

export function runStep(scene: Scene, command: CommandOf<"run">, document: string): Step {
  const { site, at, siteId, isNow } = datedOf(scene, command);
  const when = isNow ? {} : { effectiveAt: iso(at) };
  const recipe = scene.world.recipes[command.recipe] ?? "";
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
      const plan = { site, at, recipe, planned, actual, consumed, explodes };
      const { cost, value } = scene.oracle.run(document, plan);
      return { cost: text(cost), value: text(value) };
    },
    answered: ({ totalCost, abnormalLoss }) => ({
      cost: plain(totalCost),
      value: text(micro(totalCost) - micro(abnormalLoss)),
    }),
    remember: ({ id, itemId, lotId }) => {
      scene.documents.push({ kind: "run", document, id, lineIds: [] });
      if (lotId !== null) scene.lots.set(`${document}/0`, { item: itemId, id: lotId });
    },
  };
}

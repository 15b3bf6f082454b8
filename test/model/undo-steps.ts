import type { CommandOf } from "./commands.ts";
import { divideRounded, type Micro, micro, microText } from "./micro.ts";
import {
  type Answered,
  dateBefore,
  datedOf,
  iso,
  lotOf,
  madeDocument,
  plain,
  type Scene,
  type Step,
  text,
  withLots,
} from "./scene.ts";

/** At least the smallest quantity there is. */
function partOf(quantity: Micro, hundredths: number): Micro {
  const part = divideRounded(quantity * BigInt(hundredths), 100n);
  return part === 0n ? 1n : part;
}

type Undoing = CommandOf<"void" | "reverse" | "undoWaste" | "undoCount">;

/** A void of a sale, or a reversal of a run, of waste or of a count, if there is any yet. */
export function undoStep(scene: Scene, command: Undoing): Step | undefined {
  const { oracle } = scene;
  switch (command.kind) {
    case "void": {
      const target = madeDocument(scene, "sell", command.sale);
      if (target === undefined) return undefined;
      return {
        path: `/sales/${target.id}/void`,
        body: { reason: "by mistake" },
        predict: () => {
          oracle.voidSale(target.document);
          return "voided";
        },
        answered: (answer) => answer.status,
      };
    }
    case "reverse": {
      const target = madeDocument(scene, "run", command.run);
      if (target === undefined) return undefined;
      return {
        path: `/production-runs/${target.id}/reverse`,
        body: {},
        predict: () => {
          oracle.reverseRun(target.document);
          return "reversed";
        },
        answered: (answer) => answer.status,
      };
    }
    case "undoWaste":
      return undoDocumentStep(scene, "waste", command.waste);
    case "undoCount":
      return undoDocumentStep(scene, "count", command.count);
  }
}

function undoDocumentStep(scene: Scene, kind: "waste" | "count", number: number): Step | undefined {
  const target = madeDocument(scene, kind, number);
  if (target === undefined) return undefined;
  return {
    path: `/stock/${kind === "waste" ? "waste" : "counts"}/${target.id}/reverse`,
    body: {},
    predict: () => {
      scene.oracle.undoDocument(target.document);
      return target.id;
    },
    answered: (answer) => answer.id,
  };
}

export function undoReceiptStep(
  scene: Scene,
  command: CommandOf<"undoReceipt">,
  document: string,
): Step | undefined {
  const { oracle } = scene;
  const target = madeDocument(scene, "receive", command.receipt);
  if (target === undefined) return undefined;
  const { line: number, share } = command;
  const line = number % target.lineIds.length;
  const left = oracle.leftOfReceipt(target.document)[line]?.quantity ?? 0n;
  const quantity = share === null ? undefined : partOf(left, share);
  const lines = quantity === undefined ? undefined : [{ line, quantity }];
  const lineId = target.lineIds[line];
  return {
    path: `/receipts/${target.id}/reverse`,
    body: quantity === undefined ? {} : { lines: [{ lineId, quantity: microText(quantity) }] },
    predict: () => {
      oracle.undoReceipt(target.document, document, lines);
      return oracle.sentBack(target.document).map(text);
    },
    answered: (answer) => answer.lines.map((each: Answered) => plain(each.reversedQuantity)),
  };
}

export function refundStep(
  scene: Scene,
  command: CommandOf<"refund">,
  document: string,
): Step | undefined {
  const { oracle } = scene;
  const target = madeDocument(scene, "sell", command.sale);
  if (target === undefined) return undefined;
  const numbered = command.lines.map((each) => {
    const line = each.line % target.lineIds.length;
    const quantity = partOf(oracle.unrefunded(target.document, line), each.share);
    return { line, quantity, disposition: each.disposition };
  });
  const lines = numbered.filter(({ line }, index) => {
    return numbered.findIndex((other) => other.line === line) === index;
  });
  const bodies = lines.map(({ line, quantity, disposition }) => {
    return { lineId: target.lineIds[line], quantity: microText(quantity), disposition };
  });
  return {
    path: `/sales/${target.id}/refunds`,
    body: { reason: "too dark", lines: bodies },
    predict: () => {
      const back = oracle.refund(target.document, document, lines);
      return back.map(({ total, cost }) => ({ total: text(total), cost: text(cost) }));
    },
    answered: (answer) =>
      answer.lines.map((line: Answered) => ({
        total: plain(line.total),
        cost: plain(line.cost ?? "0"),
      })),
  };
}

export function correctStep(scene: Scene, command: CommandOf<"correct">): Step | undefined {
  const { oracle } = scene;
  const target = madeDocument(scene, "receive", command.receipt);
  if (target === undefined) return undefined;
  const numbered = command.lines.map(({ line, cost }) => {
    return { line: line % target.lineIds.length, cost: micro(cost) };
  });
  const lines = numbered.filter(({ line }, index) => {
    return numbered.findIndex((other) => other.line === line) === index;
  });
  const bodies = lines.map(({ line, cost }) => {
    return { lineId: target.lineIds[line], totalCost: microText(cost) };
  });
  return {
    path: `/receipts/${target.id}/price-corrections`,
    body: { reason: "invoice", lines: bodies },
    predict: () => {
      const went = Object.entries(oracle.correct(target.document, lines));
      return Object.fromEntries(went.map(([kind, value]) => [kind, text(value)]));
    },
    answered: ({ wentTo }) => {
      const kinds = ["stock", "sale", "waste", "count", "return", "loss"];
      return Object.fromEntries(kinds.map((kind) => [kind, plain(wentTo[kind])]));
    },
  };
}

export function transferStep(scene: Scene, command: CommandOf<"transfer">, document: string): Step {
  const { site, at, siteId: fromSiteId, isNow } = datedOf(scene, command);
  const to = 1 - site;
  const toSiteId = scene.world.sites[to]?.siteId;
  const lines = withLots(scene, command.lines);
  const bodies = lines.map(({ line, body }) => ({ ...body, quantity: microText(line.quantity) }));
  const when = isNow ? {} : { effectiveAt: iso(at) };
  return {
    path: "/transfers",
    body: { fromSiteId, toSiteId, ...when, lines: bodies },
    predict: () => {
      const moved = lines.map(({ line }) => line);
      return scene.oracle.transfer(document, { site, at }, to, moved).map(text);
    },
    answered: (answer) => answer.lines.map((line: Answered) => plain(line.value)),
  };
}

export function holdStep(scene: Scene, command: CommandOf<"hold" | "release">): Step | undefined {
  const { oracle } = scene;
  const { kind } = command;
  const held = oracle.activeHolds();
  // Seldom one that is not held.
  const isOfHeld = kind === "release" && command.lot < 8;
  const lot = lotOf(scene, command.lot, isOfHeld ? held : undefined);
  if (lot === undefined) return undefined;
  return {
    path: `/stock/lots/${lot.id}/${kind}`,
    body: { reason: "glass" },
    predict: () =>
      kind === "hold"
        ? { isActive: true, lotCount: oracle.hold(lot.name) }
        : { isActive: false, lotCount: oracle.release(lot.name) },
    answered: ({ isActive, lotCount }) => ({ isActive, lotCount }),
  };
}

export function periodStep(scene: Scene, command: CommandOf<"close" | "reopen">): Step {
  const { site, daysAgo, kind } = command;
  const siteId = scene.world.sites[site]?.siteId;
  const through = daysAgo === null ? null : dateBefore(scene, site, daysAgo);
  return {
    path: `/periods/${kind}`,
    body: { siteId, through, ...(kind === "close" ? {} : { reason: "a note turned up" }) },
    predict: () => {
      if (through !== null && kind === "close") scene.oracle.close(site, through);
      else scene.oracle.reopenPeriods(site, through);
      return through;
    },
    answered: (answer) => answer.closedThrough,
  };
}

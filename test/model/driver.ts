import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import { addDays, localDate } from "./calendar.ts";
import type { Command, PlannedLine } from "./commands.ts";
import { Refusal } from "./ledger.ts";
import { divideRounded, type Micro, micro, microText } from "./micro.ts";
import type { Line, Oracle } from "./oracle.ts";
import type { World } from "./world.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are compared field by field
type Answered = any;

interface Sent {
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly status: number;
  readonly answer: Answered;
}

/** What a command asks of the web, what the oracle says to it, and how their answers compare. */
interface Step {
  readonly path: string;
  readonly body: object;
  /** Runs it against the oracle; returns what a success must answer. */
  predict(): Answered;
  /** The same part of the web's answer. */
  answered(answer: Answered): Answered;
  /** Remembers ids of what the web made. */
  remember?(answer: Answered): void;
}

const minute = 60_000;
const iso = (at: number) => new Date(at).toISOString();
/** A decimal of any scale as the oracle prints it. */
const plain = (text: string | null): string | null =>
  text === null ? null : microText(micro(text));
const text = (value: Micro | null): string | null => (value === null ? null : microText(value));

/** Runs commands against the web and the oracle at once; anything they disagree on is thrown. */
export class Driver {
  readonly #client: bakery.Asking;
  readonly #world: World;
  readonly #oracle: Oracle;
  readonly #documents: { kind: Command["kind"]; document: string; id: string }[] = [];
  /** Ids of lots by the document and line that brought them. */
  readonly #lots = new Map<string, { item: string; id: string }>();
  readonly #sent: Sent[] = [];
  /** How often which kind of command had which outcome. */
  readonly outcomes: Record<string, number> = {};
  #count = 0;

  constructor(client: bakery.Asking, world: World, oracle: Oracle) {
    this.#client = client;
    this.#world = world;
    this.#oracle = oracle;
  }

  /** The clock has been moved; runs one command. */
  async run(command: Command): Promise<void> {
    if (command.kind === "resend") return this.#resend(command.command);
    this.#count += 1;
    const step = this.#stepOf(command, `${command.kind} ${this.#count}`);
    if (step === undefined) return;
    const key = newId();
    const { path, body } = step;
    const answer = await this.#client.ask("POST", path, { body, headers: bakery.key(key) });
    const expected = predicted(step);
    const got = answer.status < 300 ? step.answered(answer.body) : refusalOf(answer);
    const outcome = `${command.kind} ${answer.status < 300 ? "done" : answer.body.code}`;
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
    same(expected, got, `the answer of ${JSON.stringify({ path, body })}`);
    if (answer.status >= 300) return;
    this.#sent.push({ path, body, key, status: answer.status, answer: answer.body });
    step.remember?.(answer.body);
  }

  /** Documents of that kind, in their order. */
  documents(kind: Command["kind"]): readonly { readonly document: string; readonly id: string }[] {
    return this.#documents.filter((each) => each.kind === kind);
  }

  /** A command sent again is answered again and does nothing. */
  async #resend(number: number): Promise<void> {
    const sent = this.#sent[number % Math.max(this.#sent.length, 1)];
    if (sent === undefined) return;
    const { path, body, key, status, answer } = sent;
    const again = await this.#client.ask("POST", path, { body, headers: bakery.key(key) });
    same(status, again.status, `the status of a replayed ${path}`);
    same(answer, again.body, `the body of a replayed ${path}`);
  }

  #stepOf(command: Exclude<Command, { kind: "resend" }>, document: string): Step | undefined {
    const at = this.#oracle.now - command.back * minute;
    const when = command.back === 0 ? {} : { effectiveAt: iso(at) };
    switch (command.kind) {
      case "receive":
        return this.#receive(command, document, at, when);
      case "sell":
        return this.#sell(command, document, at);
      case "waste":
        return this.#waste(command, document);
      case "count":
        return this.#countStock(command, document, at);
      case "run":
        return this.#runRecipe(command, document, at, when);
      case "void":
        return this.#undo(command.sale, "sell");
      case "reverse":
        return this.#undo(command.run, "run");
    }
  }

  #item(number: number): string {
    return this.#world.items[number % this.#world.items.length] ?? "";
  }

  /** Only what is kept in stock: the first four. */
  #stocked(number: number): string {
    return this.#item(number % 4);
  }

  #receive(
    command: Extract<Command, { kind: "receive" }>,
    document: string,
    at: number,
    when: object,
  ): Step {
    const { zone } = this.#world.rules;
    const lines = command.lines.map((line) => {
      const item = this.#stocked(line.item);
      const grams = line.inGrams && this.#world.isInKilograms(item);
      const entered = micro(line.quantity);
      // Grams of a millionth would be nothing in kilograms.
      const isNothing = grams && divideRounded(entered, 1_000n) === 0n;
      const quantity = grams && !isNothing ? divideRounded(entered, 1_000n) : entered;
      const unit = grams && !isNothing ? { unit: "g" } : {};
      const expiresOn =
        line.expiresIn === null ? null : addDays(localDate(at, zone), line.expiresIn);
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
      body: { siteId: this.#world.siteId, ...when, lines: lines.map(({ body }) => body) },
      predict: () => {
        this.#oracle.receive(document, lines, at);
        return lines.map(({ quantity }) => text(quantity));
      },
      answered: (answer) => answer.lines.map((line: Answered) => plain(line.stockQuantity)),
      remember: (answer) => {
        answer.lines.forEach((line: Answered, index: number) => {
          this.#lots.set(`${document}/${index}`, { item: line.itemId, id: line.lotId });
        });
      },
    };
  }

  #sell(command: Extract<Command, { kind: "sell" }>, document: string, at: number): Step {
    const { siteId, tillIds } = this.#world;
    const till = tillIds[command.till];
    const lines = command.lines.map((line) => ({
      item: this.#item(line.item),
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
        const sold = this.#oracle.sell(document, lines, {
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
      remember: (answer) => this.#documents.push({ kind: "sell", document, id: answer.id }),
    };
  }

  /** Lines with the lot they name, if there is one of their item. */
  #withLots(lines: readonly (PlannedLine & { readonly lot: number | null })[]) {
    return lines.map((line): { line: Line; body: object } => {
      const item = this.#stocked(line.item);
      const ofItem = [...this.#lots].filter(([, lot]) => lot.item === item);
      const [origin, lot] =
        (line.lot === null ? undefined : ofItem[line.lot % Math.max(ofItem.length, 1)]) ?? [];
      const quantity = micro(line.quantity);
      return {
        line: { item, quantity, origin },
        body: { itemId: item, ...(lot === undefined ? {} : { lotId: lot.id }) },
      };
    });
  }

  #waste(command: Extract<Command, { kind: "waste" }>, document: string): Step {
    const lines = this.#withLots(command.lines);
    const bodies = lines.map(({ line, body }) => ({ ...body, quantity: microText(line.quantity) }));
    return {
      path: "/stock/waste",
      body: { siteId: this.#world.siteId, reason: "dropped", lines: bodies },
      predict: () =>
        this.#oracle
          .waste(
            document,
            lines.map(({ line }) => line),
          )
          .map(text),
      answered: (answer) => answer.lines.map((line: Answered) => plain(line.value)),
    };
  }

  #countStock(command: Extract<Command, { kind: "count" }>, document: string, at: number): Step {
    // An item is counted as a whole or by lots, and nothing twice.
    const found = this.#withLots(command.lines);
    const lines = found.filter(
      ({ line }, index) => found.findIndex((other) => other.line.item === line.item) === index,
    );
    const bodies = lines.map(({ line, body }) => ({ ...body, counted: microText(line.quantity) }));
    const when = command.back === 0 ? {} : { countedAt: iso(at) };
    return {
      path: "/stock/counts",
      body: { siteId: this.#world.siteId, ...when, lines: bodies },
      predict: () =>
        this.#oracle
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

  #runRecipe(
    command: Extract<Command, { kind: "run" }>,
    document: string,
    at: number,
    when: object,
  ): Step {
    const { siteId, recipes } = this.#world;
    const recipe = recipes[command.recipe] ?? "";
    const planned = micro(command.planned);
    const actual = divideRounded(planned * BigInt(command.actual), 100n);
    const consumed = command.consumed.map((line) => ({
      item: this.#item(line.item),
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
        const { cost, value } = this.#oracle.run(document, plan);
        return { cost: text(cost), value: text(value) };
      },
      answered: ({ totalCost, abnormalLoss }) => ({
        cost: plain(totalCost),
        value: text(micro(totalCost) - micro(abnormalLoss)),
      }),
      remember: (answer) => this.#documents.push({ kind: "run", document, id: answer.id }),
    };
  }

  #undo(number: number, kind: "sell" | "run"): Step | undefined {
    const done = this.documents(kind);
    const target = done[number % Math.max(done.length, 1)];
    if (target === undefined) return undefined;
    const isSale = kind === "sell";
    return {
      path: isSale ? `/sales/${target.id}/void` : `/production-runs/${target.id}/reverse`,
      body: isSale ? { reason: "by mistake" } : {},
      predict: () => {
        if (isSale) this.#oracle.voidSale(target.document);
        else this.#oracle.reverseRun(target.document);
        return isSale ? "voided" : "reversed";
      },
      answered: (answer) => answer.status,
    };
  }
}

function predicted(step: Step): Answered {
  try {
    return step.predict();
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, code: error.code };
    throw error;
  }
}

function refusalOf(answer: { readonly status: number; readonly body: Answered }): Answered {
  return { status: answer.status, code: answer.body.code };
}

/** Throws with both sides unless they are the same data. */
export function same(expected: unknown, got: unknown, what: string): void {
  if (Bun.deepEquals(expected, got)) return;
  throw new Error(`${what}\n oracle: ${JSON.stringify(expected)}\n    web: ${JSON.stringify(got)}`);
}

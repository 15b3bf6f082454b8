import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import type { Command } from "./commands.ts";
import { Refusal } from "./ledger.ts";
import type { Oracle } from "./oracle.ts";
import { same } from "./same.ts";
import type { Answered, MadeDocument, Scene, Step } from "./scene.ts";
import * as steps from "./steps.ts";
import * as undoing from "./undo-steps.ts";
import type { World } from "./world.ts";

interface Sent {
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly status: number;
  readonly answer: Answered;
}

/** Runs commands against the web and the oracle at once; anything they disagree on is thrown. */
export class Driver {
  readonly #client: bakery.Asking;
  readonly #scene: Scene;
  readonly #sent: Sent[] = [];
  /** How often which kind of command had which outcome. */
  readonly outcomes: Record<string, number> = {};
  #count = 0;

  constructor(client: bakery.Asking, world: World, oracle: Oracle) {
    this.#client = client;
    this.#scene = { world, oracle, documents: [], lots: new Map() };
  }

  /** The clock has been moved; runs one command. */
  async run(command: Command): Promise<void> {
    if (command.kind === "resend") return this.#resend(command.command);
    this.#count += 1;
    const step = stepOf(this.#scene, command, `${command.kind} ${this.#count}`);
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
  documents(kind: Command["kind"]): readonly MadeDocument[] {
    return this.#scene.documents.filter((each) => each.kind === kind);
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
}

function stepOf(
  scene: Scene,
  command: Exclude<Command, { kind: "resend" }>,
  document: string,
): Step | undefined {
  switch (command.kind) {
    case "receive":
      return steps.receiveStep(scene, command, document);
    case "sell":
      return steps.sellStep(scene, command, document);
    case "waste":
      return steps.wasteStep(scene, command, document);
    case "count":
      return steps.countStep(scene, command, document);
    case "run":
      return steps.runStep(scene, command, document);
    case "transfer":
      return undoing.transferStep(scene, command, document);
    case "undoReceipt":
      return undoing.undoReceiptStep(scene, command, document);
    case "refund":
      return undoing.refundStep(scene, command, document);
    case "correct":
      return undoing.correctStep(scene, command);
    case "hold":
    case "release":
      return undoing.holdStep(scene, command);
    case "close":
    case "reopen":
      return undoing.periodStep(scene, command);
    default:
      return undoing.undoStep(scene, command);
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

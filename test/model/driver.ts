import { newId } from "#platform/id.ts";
import * as bakery from "../harness/bakery.ts";
import type { Command } from "./commands.ts";
import { Refusal } from "./ledger.ts";
import type { Oracle } from "./oracle.ts";
import * as steps from "./steps.ts";
import type { World } from "./world.ts";

interface Sent {
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly status: number;
  readonly answer: steps.Answered;
}

/** Runs commands against the web and the oracle at once; anything they disagree on is thrown. */
export class Driver {
  readonly #client: bakery.Asking;
  readonly #scene: steps.Scene;
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
  documents(kind: Command["kind"]): readonly { readonly document: string; readonly id: string }[] {
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
  scene: steps.Scene,
  command: Exclude<Command, { kind: "resend" }>,
  document: string,
): steps.Step | undefined {
  const at = scene.oracle.now - command.back * steps.minute;
  switch (command.kind) {
    case "receive":
      return steps.receiveStep(scene, command, document, at);
    case "sell":
      return steps.sellStep(scene, command, document, at);
    case "waste":
      return steps.wasteStep(scene, command, document);
    case "count":
      return steps.countStep(scene, command, document, at);
    case "run":
      return steps.runStep(scene, command, document, at);
    case "void":
      return steps.undoStep(scene, command.sale, "sell");
    case "reverse":
      return steps.undoStep(scene, command.run, "run");
  }
}

function predicted(step: steps.Step): steps.Answered {
  try {
    return step.predict();
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, code: error.code };
    throw error;
  }
}

function refusalOf(answer: {
  readonly status: number;
  readonly body: steps.Answered;
}): steps.Answered {
  return { status: answer.status, code: answer.body.code };
}

/** Throws with both sides unless they are the same data. */
export function same(expected: unknown, got: unknown, what: string): void {
  if (Bun.deepEquals(expected, got)) return;
  throw new Error(`${what}\n oracle: ${JSON.stringify(expected)}\n    web: ${JSON.stringify(got)}`);
}

import type { GatesConfig } from "#platform/config.ts";
import { AppError } from "#platform/errors.ts";
import type { GateName } from "#platform/http/ranks.ts";
import type { Telemetry } from "#platform/telemetry.ts";

/** Who waits: the request. Its signal is only looked at when it must, as that costs. */
type Client = Pick<Request, "signal">;

/** Gives the place back; again is nothing. */
export type Leave = () => void;

/** Places for requests under way, before any of them asks for a connection of the pool. */
export interface Gates {
  /** A place at once, or after waiting in a bounded queue; else throws `overload.<class>` (503). */
  enter(name: GateName, client: Client): Leave | Promise<Leave>;
}

// A place in the queue is worth having only if its turn comes before the client gives up.
const waits = {
  sale: { queuePerPlace: 8, waitMsMax: 5_000, retryAfterSeconds: 1 },
  office: { queuePerPlace: 4, waitMsMax: 2_000, retryAfterSeconds: 2 },
  report: { queuePerPlace: 2, waitMsMax: 1_000, retryAfterSeconds: 5 },
} as const;

export function createGates(config: GatesConfig, telemetry: Telemetry): Gates {
  const gates = {
    sale: new Gate("sale", config.salesMax),
    office: new Gate("office", config.officeMax),
    report: new Gate("report", config.reportsMax),
  };
  for (const gate of Object.values(gates)) telemetry.watchGate(gate.name, () => gate);
  return { enter: (name, client) => gates[name].enter(client) };
}

interface Waiter {
  readonly admit: (leave: Leave) => void;
}

class Gate {
  readonly name: GateName;
  readonly #max: number;
  readonly #queue = new Set<Waiter>();
  inFlight = 0;
  refused = 0;

  constructor(name: GateName, max: number) {
    this.name = name;
    this.#max = max;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  enter(client: Client): Leave | Promise<Leave> {
    if (this.inFlight < this.#max) return this.#place();
    if (this.waiting >= this.#max * waits[this.name].queuePerPlace) throw this.#refusal();
    return this.#wait(client.signal);
  }

  #place(): Leave {
    this.inFlight += 1;
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      this.inFlight -= 1;
      for (const next of this.#queue) {
        this.#queue.delete(next);
        return next.admit(this.#place());
      }
    };
  }

  #wait(signal: AbortSignal): Promise<Leave> {
    if (signal.aborted) throw this.#refusal();
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#queue.delete(waiter);
        clearTimeout(deadline);
        signal.removeEventListener("abort", giveUp);
      };
      const giveUp = () => {
        end();
        reject(this.#refusal());
      };
      const waiter = {
        admit: (leave: Leave) => {
          end();
          resolve(leave);
        },
      };
      const deadline = setTimeout(giveUp, waits[this.name].waitMsMax);
      signal.addEventListener("abort", giveUp);
      this.#queue.add(waiter);
    });
  }

  #refusal(): AppError {
    this.refused += 1;
    const { retryAfterSeconds } = waits[this.name];
    const text = "There is too much to do now. Please try again.";
    return new AppError("unavailable", `overload.${this.name}`, text, { retryAfterSeconds });
  }
}

/** A body that keeps its place until it has been read to its end, or nobody reads it any more. */
export function holdPlace(response: Response, { signal }: Client, leave: Leave): Response {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    leave();
    return response;
  }
  const giveUp = () => {
    leave();
    void reader.cancel().catch(() => {});
  };
  const end = () => {
    signal.removeEventListener("abort", giveUp);
    leave();
  };
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp);
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        throw error;
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  };
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), response);
}

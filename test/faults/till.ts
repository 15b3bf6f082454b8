import type { Answer } from "../harness/client.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
import { drawCommand, type Sold } from "./commands.ts";
import { type Answered, type Intent, type Journal, openJournal } from "./journal.ts";
import type { Stream } from "./schedule.ts";
import type { FaultShop } from "./shop.ts";

export interface TillOptions {
  readonly name: string;
  readonly tillId: string;
  readonly folder: string;
  readonly shop: FaultShop;
  readonly stream: Stream;
  /** Where to send to now. */
  readonly target: () => string;
  /** Longer than any answer may take: a till that waits so long has met a hang. */
  readonly patienceMs: number;
  /** What it does next, if not a bit of everything. */
  readonly draw?: typeof drawCommand | undefined;
}

/** One till: draws a command, writes it down, sends it, and writes down what it hears. */
export interface Till {
  /** One command, until it is answered, refused or given up. */
  step(): Promise<void>;
  readonly acknowledged: number;
  /** The longest wait for an answer, whatever the answer. */
  readonly longestMs: number;
  close(): void;
}

const sendsMax = 4;
export function openTill(options: TillOptions): Till {
  const journal = openJournal(options.folder, options.name);
  const sold: Sold[] = [];
  let acknowledged = 0;
  let longestMs = 0;

  async function once(intent: Intent): Promise<"done" | "again"> {
    journal.write({ line: "sent", key: intent.key });
    const begun = performance.now();
    const heard = await send(options, intent);
    longestMs = Math.max(longestMs, performance.now() - begun);
    const verdict = typeof heard === "string" ? "again" : judge(journal, intent, heard);
    if (typeof heard === "string")
      journal.write({ line: "unanswered", key: intent.key, why: heard });
    if (verdict === "acknowledged" && typeof heard !== "string") {
      acknowledged += 1;
      if (intent.name === "sale") sold.push(heard.body);
    }
    if (verdict !== "again") return "done";
    // Not at full speed while the system is away.
    await pause(40);
    return "again";
  }

  return {
    async step() {
      const intent = (options.draw ?? drawCommand)(options, sold);
      journal.write({ line: "intent", ...intent });
      // Some tills are patient, and some give up and never know: both must be safe.
      const sends = options.stream.chance(0.3) ? 1 : sendsMax;
      for (let sent = 1; sent <= sends; sent++) if ((await once(intent)) === "done") return;
    },
    get acknowledged() {
      return acknowledged;
    },
    get longestMs() {
      return longestMs;
    },
    close: journal.close,
  };
}

async function send(options: TillOptions, intent: Intent): Promise<Answer<Answered> | string> {
  try {
    return await ask(remoteClient(options.target(), options.patienceMs), intent);
  } catch (error) {
    const { name, code = "" } = error as Error & { code?: string };
    return `${name} ${code}`.trim();
  }
}

/** Sends an intent as its till does. */
export function ask(client: RemoteClient, { path, body, key }: Intent): Promise<Answer<Answered>> {
  return client.ask("POST", path, { body, headers: { "idempotency-key": key } });
}

function judge(
  journal: Journal,
  { key }: Intent,
  { status, headers, body }: Answer<Answered>,
): "acknowledged" | "refused" | "again" {
  if (status < 300) {
    const replayed = headers.has("idempotency-replayed");
    journal.write({ line: "acknowledged", key, status, replayed, body });
    return "acknowledged";
  }
  const isProblem = headers.get("content-type") === "application/problem+json";
  if (!isProblem)
    journal.write({ line: "flaw", key, what: `${status} without a problem document` });
  if (status === 503 || body.code === "idempotency.running") {
    const isClear = headers.has("retry-after");
    if (!isClear) journal.write({ line: "flaw", key, what: `${status} without Retry-After` });
    journal.write({ line: "unanswered", key, why: `${status} ${body.code}` });
    return "again";
  }
  if (status >= 500) {
    journal.write({ line: "flaw", key, what: `${status} ${body.code}` });
    return "again";
  }
  journal.write({ line: "refused", key, code: String(body.code) });
  return "refused";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

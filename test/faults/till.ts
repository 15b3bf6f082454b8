import type { Answer } from "../harness/client.ts";
import { type RemoteClient, remoteClient } from "../harness/remote.ts";
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
  readonly draw?: ((till: TillOptions) => Intent) | undefined;
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
const byDraw = [
  ["sale", 0.72],
  ["void", 0.08],
  ["receipt", 0.12],
  ["run", 0.08],
] as const;

export function openTill(options: TillOptions): Till {
  const journal = openJournal(options.folder, options.name);
  const voidable: string[] = [];
  let acknowledged = 0;
  let longestMs = 0;

  async function once(intent: Intent): Promise<"done" | "again"> {
    journal.write({ line: "sent", key: intent.key });
    const begun = performance.now();
    const heard = await send(options, intent);
    longestMs = Math.max(longestMs, performance.now() - begun);
    const verdict = typeof heard === "string" ? "again" : judge(journal, intent, heard);
    if (typeof heard === "string") journal.write({ line: "unanswered", key: intent.key, why: heard });
    if (verdict === "acknowledged") {
      acknowledged += 1;
      if (intent.name === "sale") voidable.push(intent.id);
    }
    if (verdict !== "again") return "done";
    // Not at full speed while the system is away.
    await pause(25);
    return "again";
  }

  return {
    async step() {
      const intent = options.draw?.(options) ?? draw(options, voidable);
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
  if (!isProblem) journal.write({ line: "flaw", key, what: `${status} without a problem document` });
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

function draw({ stream, shop, tillId }: TillOptions, voidable: string[]): Intent {
  let left = stream.next();
  const name = byDraw.find(([, share]) => (left -= share) < 0)?.[0] ?? "sale";
  const [id, key] = [stream.id(), stream.id()];
  const { siteId } = shop;
  if (name === "void" && voidable.length > 0) {
    const [sold = ""] = voidable.splice(stream.between(0, voidable.length - 1), 1);
    return { name, id: sold, key, path: `/sales/${sold}/void`, body: { reason: `Void ${key}` } };
  }
  if (name === "receipt") {
    const quantity = stream.between(1, 40);
    const totalCost = (quantity * 0.2 + stream.between(0, 99) / 100).toFixed(2);
    const itemId = stream.pick([shop.roll, shop.bun, shop.bun]);
    const lines = [{ itemId, quantity: String(quantity), totalCost }];
    return { name, id, key, path: "/receipts", body: { id, siteId, lines } };
  }
  if (name === "run") {
    const plannedOutput = String(stream.between(1, 20));
    const body = { id, siteId, recipeId: shop.recipeId, plannedOutput };
    return { name, id, key, path: "/production-runs", body };
  }
  const isStrict = stream.chance(0.2);
  // A strict sale may ask for what never was there.
  const shelf = [shop.roll, shop.bun, shop.loaf, ...(isStrict ? [shop.cake] : [])];
  const items = shelf.filter(() => stream.chance(0.5));
  const lines = (items.length > 0 ? items : [shop.roll]).map((itemId) => ({
    itemId,
    quantity: String(stream.between(1, 3)),
  }));
  return saleOf({ id, siteId, tillId, lines, onShort: isStrict ? "refuse" : "record" });
}

/** A sale, whose id is its key. */
export function saleOf(fields: { readonly id: string; readonly [name: string]: unknown }): Intent {
  const body = { ...fields, payments: [{ method: "cash", amount: "100.00" }] };
  return { name: "sale", id: fields.id, key: fields.id, path: "/sales", body };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

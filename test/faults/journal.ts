import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

// Outside the system: append-only files, a line written before what it tells of is sent.

export type CommandName = "sale" | "void" | "refund" | "receipt" | "run";

/** What a till means to do, under an id and a key of its own. */
export interface Intent {
  readonly name: CommandName;
  /** The sale, refund, receipt or run; of a void, the sale it undoes. */
  readonly id: string;
  readonly key: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape, compared field by field
export type Answered = any;

type Line =
  | ({ readonly line: "intent" } & Intent)
  | { readonly line: "sent"; readonly key: string }
  | {
      readonly line: "acknowledged";
      readonly key: string;
      readonly status: number;
      readonly replayed: boolean;
      readonly body: Answered;
    }
  | { readonly line: "refused"; readonly key: string; readonly code: string }
  | { readonly line: "unanswered"; readonly key: string; readonly why: string }
  | { readonly line: "flaw"; readonly key: string; readonly what: string };

export interface Journal {
  write(line: Line): void;
  close(): void;
}

export function openJournal(folder: string, till: string): Journal {
  const file = openSync(join(folder, `${till}.ndjson`), "a");
  return {
    write: (line) => void writeSync(file, `${JSON.stringify(line)}\n`),
    close: () => closeSync(file),
  };
}

/** An intent and what its till heard of it. */
export interface Told extends Intent {
  readonly journal: string;
  sent: number;
  acknowledged?: {
    readonly status: number;
    /** It had happened before it was asked for this time. */
    readonly replayed: boolean;
    readonly body: Answered;
  };
  refused?: string;
  readonly unanswered: string[];
  readonly flaws: string[];
}

/** What all journals tell, in the order each till wrote it. */
export function readJournals(folder: string): Told[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ndjson"))
    .sort()
    .flatMap((name) => readJournal(name, readFileSync(join(folder, name), "utf8")));
}

function readJournal(journal: string, text: string): Told[] {
  const told = new Map<string, Told>();
  for (const each of text.split("\n")) {
    if (each === "") continue;
    const line = JSON.parse(each) as Line;
    if (line.line === "intent") {
      const { line: _, ...intent } = line;
      told.set(line.key, { ...intent, journal, sent: 0, unanswered: [], flaws: [] });
      continue;
    }
    const known = told.get(line.key);
    if (known === undefined) throw new Error(`${journal} tells of ${line.key} without an intent`);
    if (line.line === "sent") known.sent += 1;
    if (line.line === "acknowledged") known.acknowledged = line;
    if (line.line === "refused") known.refused = line.code;
    if (line.line === "unanswered") known.unanswered.push(line.why);
    if (line.line === "flaw") known.flaws.push(line.what);
  }
  return [...told.values()];
}

/** Neither acknowledged nor refused: it may have happened or not. */
export const isOpen = (told: Told): boolean =>
  told.acknowledged === undefined && told.refused === undefined;

import { addDays } from "./calendar.ts";
import type { CommandKind } from "./commands.ts";
import { type Micro, micro, microText } from "./micro.ts";
import type { Oracle } from "./oracle.ts";
import type { Dated } from "./stock-oracle.ts";
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

export interface MadeDocument {
  readonly kind: CommandKind;
  readonly document: string;
  readonly id: string;
  readonly lineIds: readonly string[];
}

/** Where commands play, and what they have made so far. */
export interface Scene {
  readonly world: World;
  readonly oracle: Oracle;
  readonly documents: MadeDocument[];
  /** Ids of lots by the document and line that brought them first. */
  readonly lots: Map<string, { readonly item: string; readonly id: string }>;
}

export const minute = 60_000;
export const iso = (at: number) => new Date(at).toISOString();
/** A decimal of any scale as the oracle prints it. */
export const plain = (text: string | null): string | null =>
  text === null ? null : microText(micro(text));
export const text = (value: Micro | null): string | null =>
  value === null ? null : microText(value);

export function itemOf({ world }: Scene, number: number): string {
  return world.items[number % world.items.length] ?? "";
}

/** Only what is kept in stock: the first four. */
export function stockedOf(scene: Scene, number: number): string {
  return itemOf(scene, number % 4);
}

/** The site of a command, and when it is dated. */
export function datedOf(
  scene: Scene,
  { site, back }: { readonly site: number; readonly back: number },
): Dated & { readonly siteId: string; readonly isNow: boolean } {
  const at = scene.oracle.now - back * minute;
  return { site, at, siteId: scene.world.sites[site]?.siteId ?? "", isNow: back === 0 };
}

/** Counted from the newest. */
export function madeDocument(
  scene: Scene,
  kind: CommandKind,
  number: number,
): MadeDocument | undefined {
  const made = scene.documents.filter((each) => each.kind === kind);
  return made.toReversed()[number % Math.max(made.length, 1)];
}

/** A lot that a receipt or a run brought, of these names if they are given. */
export function lotOf(scene: Scene, number: number, names?: readonly string[]) {
  const lots = [...scene.lots].filter(([name]) => names?.includes(name) !== false);
  const [name, lot] = lots[number % Math.max(lots.length, 1)] ?? [];
  return name === undefined || lot === undefined ? undefined : { name, id: lot.id };
}

/** A business date some days before the site's own. */
export function dateBefore(scene: Scene, site: number, days: number): string {
  return addDays(scene.oracle.today(site), -days);
}

/** Lines with the lot they name, if there is one of their item. */
export function withLots(
  scene: Scene,
  lines: readonly {
    readonly item: number;
    readonly quantity: string;
    readonly lot: number | null;
  }[],
) {
  return lines.map(({ item: number, quantity, lot: wanted }) => {
    const item = stockedOf(scene, number);
    const ofItem = [...scene.lots].filter(([, lot]) => lot.item === item);
    const chosen = wanted === null ? undefined : ofItem[wanted % Math.max(ofItem.length, 1)];
    const [lot, { id: lotId } = {}] = chosen ?? [];
    return {
      line: { item, quantity: micro(quantity), lot },
      body: { itemId: item, ...(lotId === undefined ? {} : { lotId }) },
    };
  });
}

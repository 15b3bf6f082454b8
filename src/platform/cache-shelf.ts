import type { Kept } from "./cache-entry.ts";

/** Where an answer lies, and for how long at most. */
export interface Place {
  readonly key: string;
  /** What it is made of: whatever changes one of them makes it a miss. */
  readonly tags: readonly string[];
  readonly ttlMs: number;
  /** The same where other processes cannot tell this one of changes; 0 is not at all. */
  readonly aloneMs: number;
}

export interface Look {
  readonly kept?: Kept;
  /** Of the tags; undefined if nothing can be kept at the moment. */
  readonly versions: string | undefined;
  /** Something lay there that is no answer of ours. */
  readonly isCorrupt?: boolean;
}

export interface Shared {
  readonly kept: Kept;
  /** Another process computed it. */
  readonly isOthers: boolean;
}

/** What keeps answers. Nothing here fails: what cannot be asked has nothing. */
export interface Shelf {
  look(place: Place): Look | Promise<Look>;
  /** Computes and keeps it, or waits for whoever does so already. */
  share(place: Place, versions: string, compute: () => Promise<Kept>): Promise<Shared>;
  /** From when this resolves on, no `look` of this process finds what was computed before. */
  forget(tags: readonly string[]): void | Promise<void>;
}

/** Larger answers are not kept: characters. */
export const entryLengthMax = 262_144;

/** A part of the time, so that what was kept together is not computed anew together. */
export function jittered(ms: number): number {
  return Math.ceil(ms * (0.75 + Math.random() * 0.25));
}

/** The tag of everything. */
export const everything = "everything";

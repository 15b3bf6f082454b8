import type { Kept } from "./cache-entry.ts";
import {
  entryLengthMax,
  everything,
  jittered,
  type Look,
  type Place,
  type Shared,
  type Shelf,
} from "./cache-shelf.ts";

interface Entry {
  readonly kept: Kept;
  readonly tags: readonly string[];
  readonly until: number;
}

const entriesMax = 1_000;
/** Characters, of 1 or 2 bytes each: 16 MB at most. */
const lengthMax = 8_388_608;

export interface MemoryShelfOptions {
  readonly entriesMax?: number;
  readonly lengthMax?: number;
}

/** For a process without Redis: what was read longest ago makes room. */
export class MemoryShelf implements Shelf {
  readonly #entries = new Map<string, Entry>();
  readonly #max: Required<MemoryShelfOptions>;
  #length = 0;
  #changes = 0;

  constructor(options: MemoryShelfOptions = {}) {
    this.#max = { entriesMax, lengthMax, ...options };
  }

  get size(): { readonly entries: number; readonly length: number } {
    return { entries: this.#entries.size, length: this.#length };
  }

  look({ key, aloneMs }: Place): Look {
    if (aloneMs === 0) return { versions: undefined };
    const versions = String(this.#changes);
    const entry = this.#entries.get(key);
    if (entry === undefined) return { versions };
    this.#remove(key, entry);
    if (entry.until <= performance.now()) return { versions };
    this.#add(key, entry);
    return { kept: entry.kept, versions };
  }

  async share(place: Place, versions: string, compute: () => Promise<Kept>): Promise<Shared> {
    const kept = await compute();
    // Whatever changed meanwhile may not be in it.
    if (versions === String(this.#changes)) this.#keep(place, kept);
    return { kept, isOthers: false };
  }

  forget(tags: readonly string[]): void {
    this.#changes += 1;
    const isAll = tags.includes(everything);
    for (const [key, entry] of this.#entries) {
      if (isAll || entry.tags.some((tag) => tags.includes(tag))) this.#remove(key, entry);
    }
  }

  #keep({ key, tags, aloneMs }: Place, kept: Kept): void {
    if (kept.text.length > Math.min(entryLengthMax, this.#max.lengthMax)) return;
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(key, before);
    this.#add(key, { kept, tags, until: performance.now() + jittered(aloneMs) });
    for (const [oldest, entry] of this.#entries) {
      const isFull =
        this.#entries.size > this.#max.entriesMax || this.#length > this.#max.lengthMax;
      if (!isFull) break;
      this.#remove(oldest, entry);
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#length += entry.kept.text.length;
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#length -= entry.kept.text.length;
  }
}

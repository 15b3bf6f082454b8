import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const dayMs = 86_400_000;

/**
 * Where bytes lie until they are whole. A process that is killed leaves its parts behind: whoever comes
 * later deletes those that nobody has written to for a day.
 */
export class Incoming {
  readonly #folder: string;
  readonly #now: () => Date;
  readonly #writing = new Set<string>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Before the first part; once a day it deletes what is old. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const now = this.#now().getTime();
    if (now - this.#sweptAt < dayMs) return;
    this.#sweptAt = now;
    await this.#sweep(now - dayMs);
  }

  /** The path of a new part, which `write` moves away; what is left of it goes. */
  async withPart<T>(write: (path: string) => Promise<T>): Promise<T> {
    const name = randomUUID();
    const path = join(this.#folder, name);
    this.#writing.add(name);
    try {
      return await write(path);
    } finally {
      await rm(path, { force: true });
      this.#writing.delete(name);
    }
  }

  async #sweep(beforeMs: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (this.#writing.has(name)) continue;
      const path = join(this.#folder, name);
      // Another process may be faster, with this one or with its own.
      const part = await stat(path).catch(() => undefined);
      if (part !== undefined && part.mtimeMs < beforeMs) await rm(path, { force: true });
    }
  }
}

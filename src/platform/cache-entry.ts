import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** An answer as it is sent, and what its content is called. */
export interface Kept {
  readonly text: string;
  readonly etag: string;
}

export function keptOf(text: string): Kept {
  return { text, etag: `"${digestOf(text)}"` };
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 32);
}

interface Named {
  /** Where it lies: an entry that was moved to another place is none. */
  readonly key: string;
  /** Of its tags, when its computation began. */
  readonly versions: string;
}

/** What is written where others may write, too: signed, with the name of its place. */
export class EntrySeal {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  close(named: Named, { text, etag }: Kept): string {
    return `${this.#signatureOf(named, etag)}\n${named.versions}\n${text}`;
  }

  /** `stale` if a tag has changed since, `corrupt` if we have not written it so. */
  open(named: Named, entry: string): Kept | "stale" | "corrupt" {
    const first = entry.indexOf("\n");
    const second = entry.indexOf("\n", first + 1);
    if (first < 0 || second < 0) return "corrupt";
    if (entry.slice(first + 1, second) !== named.versions) return "stale";
    const kept = keptOf(entry.slice(second + 1));
    const [given, meant] = [entry.slice(0, first), this.#signatureOf(named, kept.etag)];
    if (given.length !== meant.length) return "corrupt";
    return timingSafeEqual(Buffer.from(given), Buffer.from(meant)) ? kept : "corrupt";
  }

  #signatureOf({ key, versions }: Named, etag: string): string {
    const hmac = createHmac("sha256", this.#secret);
    return hmac.update(`cache\n${key}\n${versions}\n${etag}`).digest("base64url");
  }
}

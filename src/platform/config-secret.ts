import { randomBytes } from "node:crypto";

/** A secret prints as `[secret]` wherever it may end up; `reveal` is the only way to its text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/** A secret for a process that needs one only as long as it lives. */
export function madeUpSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** An environment without what is empty, which means not given. */
export function present(env: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}

/** What went wrong, in kinds that every door (HTTP, job, function) knows how to answer. */
export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "stale"
  | "limited"
  | "unavailable";

/** One field that is wrong: a JSON pointer into the input, a code and a sentence for a person. */
export interface FieldProblem {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly errors?: readonly FieldProblem[];
  readonly retryAfterSeconds?: number;
}

/**
 * The one error that services throw. The message is public; detail belongs in `cause` and the log.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly errors: readonly FieldProblem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, code: string, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.kind = kind;
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A 422 for one field of the input, by JSON pointer. */
export function invalidField(pointer: string, code: string, message: string): AppError {
  return new AppError("invalid", code, message, { errors: [{ pointer, code, message }] });
}

/** A bug: its sentence is ours and holds no value, so it may stand in the log. */
export class InvariantError extends Error {
  constructor(sentence: string) {
    super(`Invariant broken: ${sentence}`);
    this.name = "InvariantError";
  }
}

/** States what must be true if the program is right; a failure is a bug, never a user's error. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new InvariantError(sentence);
}

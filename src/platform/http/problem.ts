import { AppError, type ErrorKind, type FieldProblem } from "#platform/errors.ts";

/** The one table from the kinds of `AppError` to HTTP. */
export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  limited: 429,
  unavailable: 503,
};

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  428: "Precondition Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export function titleOf(status: number): string {
  return titles[status] ?? "Error";
}

interface ProblemOptions {
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What only HTTP can get wrong (a header, a method, a body that is no JSON); never thrown by a
 * service.
 */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, options: ProblemOptions = {}) {
    super(message);
    this.name = "HttpProblem";
    this.status = status;
    this.code = code;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

export const notFound = (): HttpProblem =>
  new HttpProblem(404, "http.not_found", "There is nothing here.");

/** The problem a client may see; anything that is not ours by design becomes the fixed 500. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof AppError) return ofAppError(error);
  if (isDatabaseOverloaded(error)) {
    const text = "The database cannot answer now. Please try again.";
    return new HttpProblem(503, "database.unavailable", text, { headers: { "retry-after": "1" } });
  }
  if (isOutOfRange(error)) {
    const text = "A number that follows from this has more digits than the books can hold.";
    return new HttpProblem(422, "http.number_range", text);
  }
  return new HttpProblem(500, "internal", "Something went wrong on our side.");
}

function ofAppError(error: AppError): HttpProblem {
  const seconds = error.retryAfterSeconds ?? (error.kind === "unavailable" ? 1 : undefined);
  const headers = seconds === undefined ? {} : { "retry-after": String(seconds) };
  return new HttpProblem(statusOfKind[error.kind], error.code, error.message, {
    errors: error.errors,
    headers,
  });
}

interface ProblemPlace {
  readonly path: string;
  readonly traceId: string;
}

export function problemResponse(problem: HttpProblem, place: ProblemPlace): Response {
  const body = {
    type: "about:blank",
    title: titleOf(problem.status),
    status: problem.status,
    detail: problem.message,
    instance: place.path,
    code: problem.code,
    traceId: place.traceId,
    errors: problem.errors,
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(problem.status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...problem.headers,
    },
  });
}

// Serialization and deadlock after all retries, timeouts, refused or lost connections, a full disk.
const overloadStates = /^(08|53|57P0[1-5]|57014|55P03|40001|40P01|25P0[34])/;
const overloadCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"]);
const overloadMessages =
  /^(timeout expired|timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

// Each number of a request is bounded, their sums and products are not: the column refuses those.
const numericOutOfRange = "22003";

function isOutOfRange(error: unknown): boolean {
  return chainOf(error).some((each) => "code" in each && each.code === numericOutOfRange);
}

/** True when Postgres could not answer in time or at all, wherever in the chain of causes. */
export function isDatabaseOverloaded(error: unknown): boolean {
  return chainOf(error).some((each) => {
    const code = "code" in each && typeof each.code === "string" ? each.code : "";
    if (overloadStates.test(code) && code.length === 5) return true;
    return overloadCodes.has(code) || overloadMessages.test(each.message);
  });
}

function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  let current = error;
  while (chain.length < 5 && current instanceof Error) {
    chain.push(current);
    current = current.cause;
  }
  return chain;
}

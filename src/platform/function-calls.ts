import type { FunctionUrls } from "./config-services.ts";
import { AppError } from "./errors.ts";
import type { TokenFor } from "./identity-tokens.ts";

export type FunctionName = keyof FunctionUrls;

export interface FunctionRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** Calls functions as this process' account. */
export interface FunctionCalls {
  /** Whether there is one of that name; if not, the caller does the work itself. */
  has(name: FunctionName): boolean;
  /**
   * Posts to the function and answers what a 2xx holds. Throws `function.failed` (503) with the status
   * as its cause if it may succeed later, and `function.refused` (422) if it never will.
   */
  call(name: FunctionName, request: FunctionRequest): Promise<string>;
}

// Of the answers that are refusals, those that another time may end otherwise.
const passing = new Set([401, 403, 404, 408, 425, 429]);

/** `traceHeaders` answers those that make a call a part of the trace under way. */
export function createFunctionCalls(
  urls: FunctionUrls,
  tokenFor: TokenFor,
  traceHeaders: () => Readonly<Record<string, string>>,
): FunctionCalls {
  return {
    has: (name) => urls[name] !== undefined,
    call: async (name, request) => {
      const url = urls[name];
      if (url === undefined) throw failed(name, new Error("is not configured"));
      const headers = { ...traceHeaders(), ...request.headers };
      const response = await post(url, { ...request, headers }, tokenFor).catch(
        (error: unknown) => {
          throw failed(name, error);
        },
      );
      if (response.status >= 200 && response.status < 300) return response.text;
      const cause = new Error(`answered ${response.status}`);
      const isFinal = response.status >= 400 && response.status < 500;
      throw isFinal && !passing.has(response.status) ? refused(name, cause) : failed(name, cause);
    },
  };
}

async function post(
  url: string,
  { headers, body, timeoutMs }: FunctionRequest,
  tokenFor: TokenFor,
) {
  const token = `Bearer ${await tokenFor(url)}`;
  const response = await fetch(url, {
    method: "POST",
    // Google's door checks the first and takes its signature away; the function checks the second.
    headers: { ...headers, "x-serverless-authorization": token, authorization: token },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, text: await response.text() };
}

function failed(name: string, cause: unknown): AppError {
  return new AppError("unavailable", "function.failed", `${name} did not answer.`, { cause });
}

function refused(name: string, cause: unknown): AppError {
  return new AppError("invalid", "function.refused", `${name} refused the call.`, { cause });
}

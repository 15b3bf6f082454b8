import type { FunctionUrls } from "./config-services.ts";
import type { Ctx } from "./context.ts";
import { AppError } from "./errors.ts";
import type { TokenFor } from "./identity-tokens.ts";

export type FunctionName = keyof FunctionUrls;

/** Whose trace the call goes on with. */
type Caller = Pick<Ctx, "traceId"> & { readonly app: Pick<Ctx["app"], "tracing"> };

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
  call(ctx: Caller, name: FunctionName, request: FunctionRequest): Promise<string>;
}

// Of the answers that are refusals, those that another time may end otherwise.
const passing = new Set([401, 403, 404, 408, 425, 429]);

export function createFunctionCalls(urls: FunctionUrls, tokenFor: TokenFor): FunctionCalls {
  return {
    has: (name) => urls[name] !== undefined,
    call: async (ctx, name, request) => {
      const url = urls[name];
      if (url === undefined) throw failed(name, new Error("is not configured"));
      const response = await post(
        url,
        { ...request, headers: { ...traceOf(ctx), ...request.headers } },
        tokenFor,
      ).catch((error: unknown) => {
        throw failed(name, error);
      });
      if (response.status >= 200 && response.status < 300) return response.text;
      const cause = new Error(`answered ${response.status}`);
      const isFinal = response.status >= 400 && response.status < 500;
      throw isFinal && !passing.has(response.status) ? refused(name, cause) : failed(name, cause);
    },
  };
}

/** W3C Trace Context: the span under way, or where nobody traces the trace that the log has. */
function traceOf({ app, traceId }: Caller): Readonly<Record<string, string>> {
  const span = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  return app.tracing?.headers() ?? { traceparent: `00-${traceId}-${span}-00` };
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

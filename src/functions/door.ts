import { type App, type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import { readBytes } from "#platform/http/body.ts";
import { openExchange } from "#platform/http/exchange.ts";
import { HttpProblem, problemOf, problemResponse } from "#platform/http/problem.ts";
import type { VerifyIdentity } from "#platform/identity.ts";

/** What a function does with a call of somebody who may call it. */
export type FunctionHandler = (ctx: Ctx, request: Request) => Promise<Response>;

/** A function as a whole: from a request to its response, whatever happens. */
export type FunctionDoor = (request: Request) => Promise<Response>;

const bodyBytesMax = 1_048_576;
const methods = "POST, OPTIONS";

/** Lets in POST of callers whose ID token is good, and answers problems as every door does. */
export function openDoor(
  app: App,
  verify: VerifyIdentity,
  name: string,
  handler: FunctionHandler,
): FunctionDoor {
  return async (request) => {
    const { traceId } = openExchange(request);
    const log = app.log.with({ traceId, name });
    const began = performance.now();
    const answered = (status: number, code?: string) => {
      const durationMs = Math.round(performance.now() - began);
      log.info("Answered", { method: request.method, status, durationMs, ...(code && { code }) });
      app.telemetry.observeRequest(request.method, name, status, durationMs / 1_000);
    };
    try {
      const response = await letIn();
      answered(response.status);
      return response;
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status === 500) log.error("A function failed", error);
      answered(problem.status, problem.code);
      return problemResponse(problem, { path: new URL(request.url).pathname, traceId });
    }

    async function letIn(): Promise<Response> {
      if (request.method === "OPTIONS") return allowed(204);
      if (request.method !== "POST") throw methodRefused();
      await verify(tokenOf(request));
      const body = await readBytes(request, bodyBytesMax);
      const ctx: Ctx = { app, actor: SYSTEM_ACTOR, traceId, log, now: app.now };
      const { url, method, headers } = request;
      return handler(ctx, new Request(url, { method, headers, body: new Uint8Array(body) }));
    }
  };
}

function allowed(status: number): Response {
  return new Response(null, { status, headers: { allow: methods } });
}

function methodRefused(): HttpProblem {
  const text = "A function takes POST.";
  return new HttpProblem(405, "http.method_not_allowed", text, { headers: { allow: methods } });
}

function tokenOf(request: Request): string {
  const token = /^Bearer ([\w.-]+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token !== undefined) return token;
  const text = "An ID token of an account that may call this is needed.";
  throw new AppError("unauthenticated", "identity.missing", text);
}

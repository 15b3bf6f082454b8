import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { App, Ctx } from "#platform/context.ts";
import { readJsonBody } from "#platform/http/body.ts";
import { exchangeOf } from "#platform/http/exchange.ts";
import { checkQuery } from "#platform/http/query.ts";

const FieldProblem = Type.Object(
  {
    pointer: Type.String({ description: "JSON pointer into the body, or /query/…" }),
    code: Type.String({ description: "Stable word for programs" }),
    message: Type.String({ description: "Sentence for people" }),
  },
  { additionalProperties: false },
);

export const problemExample = {
  type: "about:blank",
  title: "Not Found",
  status: 404,
  detail: "One sentence for people.",
  instance: "/api/v1/sites",
  code: "http.not_found",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  errors: [],
};

export const Problem = Type.Object(
  {
    type: Type.String({ description: "URI of the kind of problem" }),
    title: Type.String({ description: "The status in words" }),
    status: Type.Integer({ description: "The HTTP status" }),
    detail: Type.String({ description: "What happened, for people" }),
    instance: Type.String({ description: "The path asked for" }),
    code: Type.String({ description: "Stable word for programs" }),
    traceId: Type.String({ description: "Name this when asking for help" }),
    errors: Type.Array(FieldProblem, { description: "One entry a field" }),
  },
  {
    additionalProperties: false,
    description: "RFC 9457 problem details",
    examples: [problemExample],
  },
);

/** What every controller stands on: `ctx`, strict JSON, a strict query and the Problem shape. */
export function http(app: App) {
  return new Elysia({ name: "http", normalize: false })
    .model({ Problem })
    .onParse({ as: "scoped" }, ({ request }) => readJsonBody(request, app.config.bodyBytesMax))
    .derive({ as: "scoped" }, ({ request }) => {
      checkQuery(request.url);
      return { ctx: contextOf(app, request) };
    });
}

/** The same for routes that read their body themselves; they say `parse: "none"`. */
export function rawHttp(app: App) {
  return new Elysia({ name: "raw-http", normalize: false })
    .model({ Problem })
    .derive({ as: "scoped" }, ({ request }) => {
      checkQuery(request.url);
      return { ctx: contextOf(app, request) };
    });
}

/** The context of a request, for what stands outside of the plugins above. */
export function contextOf(app: App, request: Request): Ctx {
  const { actor, address, traceId } = exchangeOf(request);
  return { app, actor, address, traceId, now: app.now, log: app.log.with({ traceId }) };
}

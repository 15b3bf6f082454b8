import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey, versioned } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { NewRun, NewRunReversal, Run, RunPage } from "./model.ts";
import { getRun, listRuns } from "./service/read.ts";
import { recordRun } from "./service/record-run.ts";
import { reverseRun } from "./service/reverse-run.ts";

export const runRoutes = (app: App) =>
  new Elysia({ name: "production-runs", prefix: "/production-runs", normalize: false })
    .use(http(app))
    .model({ NewRun, NewRunReversal, Run, RunPage })
    .post(
      "",
      async ({ ctx, body, request, set }) => {
        const key = idempotencyKey(request);
        return commanded(set, "/production-runs", recordRun(ctx, { key, input: body }));
      },
      {
        parse: "json",
        body: "NewRun",
        response: responses({ 201: "Run" }, "body", "key"),
        detail: needs(
          keyed(
            operation(
              "recordRun",
              "Production",
              "Record a production",
              "Takes the ingredients, puts the output on the books and settles the cost, in one. " +
                "Needs Idempotency-Key.",
            ),
          ),
          "production.record",
        ),
      },
    )
    .get("", async ({ ctx, query }) => listRuns(ctx, query), {
      query: t.Object({
        ...pageQuery,
        siteId: t.Optional(Id("Only of this site")),
        recipeId: t.Optional(Id("Only of this recipe")),
        itemId: t.Optional(Id("Only of what makes this item")),
      }),
      response: responses({ 200: "RunPage" }, "query"),
      detail: needs(
        operation("listRuns", "Production", "List runs, newest first"),
        "production.read",
      ),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, getRun(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Run" }, "not_found"),
      detail: needs(operation("getRun", "Production", "Read a run"), "production.read"),
    })
    .post(
      "/:id/reverse",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        const reversing = reverseRun(ctx, { runId: params.id, key, ...body });
        return commanded(set, "/production-runs", reversing);
      },
      {
        parse: "json",
        params: idParams,
        body: "NewRunReversal",
        response: responses({ 200: "Run" }, "body", "key", "not_found"),
        detail: needs(
          keyed(
            operation(
              "reverseRun",
              "Production",
              "Reverse a run whose output is whole",
              "Ingredients go back to their own layers. Needs Idempotency-Key.",
            ),
          ),
          "production.reverse",
        ),
      },
    );

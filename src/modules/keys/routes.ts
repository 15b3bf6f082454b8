import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import { NoContent, needs, operation, responses } from "#platform/http/responses.ts";
import { ApiKey, ApiKeyPage, IssuedKey, KeyPatch, NewKey } from "./model.ts";
import * as service from "./service/keys.ts";

export const keyRoutes = (app: App) =>
  new Elysia({ name: "keys", prefix: "/keys", normalize: false })
    .use(http(app))
    .model({ NewKey, IssuedKey, ApiKey, ApiKeyPage, KeyPatch })
    .post("", async ({ ctx, body, set }) => created(set, "/keys", service.issueKey(ctx, body)), {
      parse: "json",
      body: "NewKey",
      response: responses({ 201: "IssuedKey" }, "body", "conflict"),
      detail: needs(
        operation(
          "issueKey",
          "Keys",
          "Issue an API key",
          "The whole key is in this answer and never again. It may do no more than its maker.",
        ),
        "keys.change",
      ),
    })
    .get("", async ({ ctx, query }) => service.listKeys(ctx, query), {
      query: t.Object(pageQuery),
      response: responses({ 200: "ApiKeyPage" }, "query"),
      detail: needs(operation("listKeys", "Keys", "List API keys, revoked ones too"), "keys.read"),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, service.getKey(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "ApiKey" }, "not_found"),
      detail: needs(operation("getKey", "Keys", "Read an API key"), "keys.read"),
    })
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(set, service.changeKey(ctx, { id, version: ifMatch(request), patch: body })),
      {
        parse: "json",
        params: idParams,
        body: "KeyPatch",
        response: responses({ 200: "ApiKey" }, "body", "version", "not_found", "conflict"),
        detail: needs(operation("changeKey", "Keys", "Rename an API key"), "keys.change"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params, set }) => noContent(set, service.revokeKey(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "not_found"),
        detail: needs(
          operation("revokeKey", "Keys", "Revoke an API key", "At once, for good; twice is once."),
          "keys.change",
        ),
      },
    );

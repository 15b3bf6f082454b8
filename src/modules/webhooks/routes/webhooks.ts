import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import { NoContent, needsEverywhere, operation, responses } from "#platform/http/responses.ts";
import {
  Delivery,
  IssuedWebhook,
  NewWebhook,
  Webhook,
  WebhookPage,
  WebhookPatch,
} from "../model.ts";
import * as deliveries from "../service/deliveries.ts";
import * as service from "../service/webhooks.ts";

const tag = "Webhooks";
const reads = (detail: ReturnType<typeof operation>) => needsEverywhere(detail, "webhooks.read");
const changes = (detail: ReturnType<typeof operation>) =>
  needsEverywhere(detail, "webhooks.change");

export const webhookRoutes = (app: App) =>
  new Elysia({ name: "webhooks", prefix: "/webhooks", normalize: false })
    .use(http(app))
    .model({ NewWebhook, IssuedWebhook, Webhook, WebhookPage, WebhookPatch, Delivery })
    .post(
      "",
      async ({ ctx, body, set }) => created(set, "/webhooks", service.addWebhook(ctx, body)),
      {
        parse: "json",
        body: "NewWebhook",
        response: responses({ 201: "IssuedWebhook" }, "body", "conflict"),
        detail: changes(
          operation(
            "addWebhook",
            tag,
            "Add a webhook",
            "Its secret is in this answer and never again. Messages are signed by Standard Webhooks.",
          ),
        ),
      },
    )
    .get("", async ({ ctx, query }) => service.listWebhooks(ctx, query), {
      query: t.Object(pageQuery),
      response: responses({ 200: "WebhookPage" }, "query"),
      detail: reads(operation("listWebhooks", tag, "List webhooks, disabled ones too")),
    })
    .get(
      "/:id",
      async ({ ctx, params, set }) => versioned(set, service.getWebhook(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "Webhook" }, "not_found"),
        detail: reads(operation("getWebhook", tag, "Read a webhook")),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) => {
        const edit = { id, version: ifMatch(request), patch: body };
        return versioned(set, service.changeWebhook(ctx, edit));
      },
      {
        parse: "json",
        params: idParams,
        body: "WebhookPatch",
        response: responses({ 200: "Webhook" }, "body", "version", "not_found"),
        detail: changes(
          operation("changeWebhook", tag, "Change a webhook, or switch it on or off"),
        ),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params, set }) => noContent(set, service.removeWebhook(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "not_found"),
        detail: changes(operation("removeWebhook", tag, "Remove a webhook and its secret")),
      },
    )
    .post(
      "/:id/rotate-secret",
      async ({ ctx, params, set }) => {
        return versioned(set, service.rotateWebhookSecret(ctx, params.id));
      },
      {
        params: idParams,
        response: responses({ 200: "IssuedWebhook" }, "not_found"),
        detail: changes(
          operation(
            "rotateWebhookSecret",
            tag,
            "Give a webhook a new secret",
            "Shown this once. For a day messages are signed with the one before as well.",
          ),
        ),
      },
    )
    .post(
      "/:id/test",
      async ({ ctx, params: { id }, set }) => {
        return created(set, `/webhooks/${id}/deliveries`, deliveries.testWebhook(ctx, id));
      },
      {
        params: idParams,
        response: responses({ 201: "Delivery" }, "not_found", "conflict"),
        detail: changes(operation("testWebhook", tag, "Send a webhook a sample")),
      },
    );

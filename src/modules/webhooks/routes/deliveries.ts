import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { needsEverywhere, operation, responses } from "#platform/http/responses.ts";
import { Id, Word } from "#platform/schema.ts";
import { Delivery, DeliveryPage } from "../model.ts";
import * as service from "../service/deliveries.ts";

const tag = "Webhooks";
const params = t.Object({ id: Id("The webhook"), deliveryId: Id("The delivery") });

export const webhookDeliveryRoutes = (app: App) =>
  new Elysia({ name: "webhook-deliveries", prefix: "/webhooks", normalize: false })
    .use(http(app))
    .model({ Delivery, DeliveryPage })
    .get(
      "/:id/deliveries",
      async ({ ctx, params: { id }, query }) =>
        service.listDeliveries(ctx, { ...query, webhookId: id }),
      {
        params: idParams,
        query: t.Object({
          ...pageQuery,
          state: t.Optional(Word(["waiting", "delivered", "dead"], "Only those in this state")),
        }),
        response: responses({ 200: "DeliveryPage" }, "query", "not_found"),
        detail: needsEverywhere(
          operation("listWebhookDeliveries", tag, "List what a webhook was sent, newest first"),
          "webhooks.read",
        ),
      },
    )
    .get(
      "/:id/deliveries/:deliveryId",
      async ({ ctx, params: { id, deliveryId } }) =>
        service.getDelivery(ctx, { webhookId: id, deliveryId }),
      {
        params,
        response: responses({ 200: "Delivery" }, "not_found"),
        detail: needsEverywhere(
          operation("getWebhookDelivery", tag, "Read a delivery: its tries and what is sent"),
          "webhooks.read",
        ),
      },
    )
    .post(
      "/:id/deliveries/:deliveryId/redeliver",
      async ({ ctx, params: { id, deliveryId } }) =>
        service.redeliver(ctx, { webhookId: id, deliveryId }),
      {
        params,
        response: responses({ 200: "Delivery" }, "not_found", "conflict"),
        detail: needsEverywhere(
          operation(
            "redeliverWebhook",
            tag,
            "Send it again",
            "Under the same message id, delivered or dead.",
          ),
          "webhooks.change",
        ),
      },
    );

import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { needs, operation, responses } from "#platform/http/responses.ts";
import { Id, Word } from "#platform/schema.ts";
import { Alert, AlertPage } from "./model.ts";
import { alertKinds, alertStates } from "./rules/kinds.ts";
import * as service from "./service/alerts.ts";

export const alertRoutes = (app: App) =>
  new Elysia({ name: "alerts", prefix: "/alerts", normalize: false })
    .use(http(app))
    .model({ Alert, AlertPage })
    .get("", async ({ ctx, query }) => service.listAlerts(ctx, query), {
      query: t.Object({
        ...pageQuery,
        state: t.Optional(Word(alertStates, "Only those in this state")),
        kind: t.Optional(Word(alertKinds, "Only of this kind")),
        siteId: t.Optional(Id("Only of this site")),
      }),
      response: responses({ 200: "AlertPage" }, "query"),
      detail: needs(operation("listAlerts", "Alerts", "List alerts, newest first"), "alerts.read"),
    })
    .get("/:id", async ({ ctx, params }) => service.getAlert(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Alert" }, "not_found"),
      detail: needs(operation("getAlert", "Alerts", "Read an alert"), "alerts.read"),
    })
    .post("/:id/acknowledge", async ({ ctx, params }) => service.acknowledgeAlert(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Alert" }, "not_found", "conflict"),
      detail: needs(
        operation(
          "acknowledgeAlert",
          "Alerts",
          "Say that an alert was seen",
          "It stays until its cause is gone. Twice is once.",
        ),
        "alerts.acknowledge",
      ),
    });

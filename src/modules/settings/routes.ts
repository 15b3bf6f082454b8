import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, versioned } from "#platform/http/replies.ts";
import { needs, needsEverywhere, operation, responses } from "#platform/http/responses.ts";
import { NewTaxRate, Settings, SettingsPatch, TaxRate, TaxRatePage } from "./model.ts";
import * as service from "./service.ts";

export const settingsRoutes = (app: App) =>
  new Elysia({ name: "settings", prefix: "/settings", normalize: false })
    .use(http(app))
    .model({ Settings, SettingsPatch })
    .get("", async ({ ctx, set }) => versioned(set, service.getSettings(ctx)), {
      response: responses({ 200: "Settings" }),
      detail: needs(
        operation("getSettings", "Settings", "Read the company's settings"),
        "settings.read",
      ),
    })
    .patch(
      "",
      async ({ ctx, body, request, set }) =>
        versioned(set, service.changeSettings(ctx, { version: ifMatch(request), patch: body })),
      {
        parse: "json",
        body: "SettingsPatch",
        response: responses({ 200: "Settings" }, "body", "version", "conflict"),
        detail: needsEverywhere(
          operation("changeSettings", "Settings", "Change the company's settings"),
          "settings.change",
        ),
      },
    );

export const taxRateRoutes = (app: App) =>
  new Elysia({ name: "tax-rates", prefix: "/tax-rates", normalize: false })
    .use(http(app))
    .model({ NewTaxRate, TaxRate, TaxRatePage })
    .post(
      "",
      async ({ ctx, body, set }) => created(set, "/tax-rates", service.addTaxRate(ctx, body)),
      {
        parse: "json",
        body: "NewTaxRate",
        response: responses({ 201: "TaxRate" }, "body", "conflict"),
        detail: needsEverywhere(
          operation("addTaxRate", "Settings", "Add a tax rate from a day on"),
          "settings.change",
        ),
      },
    )
    .get("", async ({ ctx, query }) => service.listTaxRates(ctx, query), {
      query: t.Object({
        ...pageQuery,
        code: t.Optional(t.String({ maxLength: 32, description: "Only this code" })),
      }),
      response: responses({ 200: "TaxRatePage" }, "query"),
      detail: needs(
        operation("listTaxRates", "Settings", "List tax rates by code and day"),
        "settings.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => service.getTaxRate(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "TaxRate" }, "not_found"),
      detail: needs(operation("getTaxRate", "Settings", "Read a tax rate"), "settings.read"),
    });

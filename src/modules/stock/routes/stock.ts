import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { needs, needsEverywhere, operation, responses } from "#platform/http/responses.ts";
import { Id, InstantIn } from "#platform/schema.ts";
import { BalancePage, LayerPage, Lot, MovementPage, ShortfallPage } from "../model/ledger.ts";
import { Verification } from "../model/verification.ts";
import * as read from "../service/read.ts";
import { verifyStock } from "../service/verify.ts";

const ofSite = { siteId: t.Optional(Id("Only of this site")) };
const ofItem = { itemId: t.Optional(Id("Only of this item")) };

export const stockRoutes = (app: App) =>
  new Elysia({ name: "stock", prefix: "/stock", normalize: false })
    .use(http(app))
    .model({ BalancePage, LayerPage, MovementPage, Lot, Verification })
    .get("", async ({ ctx, query }) => read.listBalances(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...ofSite,
        ...ofItem,
        asOf: t.Optional(InstantIn("As it was at this moment, as known now")),
      }),
      response: responses({ 200: "BalancePage" }, "query"),
      detail: needs(operation("listStock", "Stock", "List what is on hand"), "stock.read"),
    })
    .get("/layers", async ({ ctx, query }) => read.listLayers(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...ofSite,
        ...ofItem,
        lotId: t.Optional(Id("Only of this lot")),
        open: t.Optional(
          t.BooleanString({ description: "Only those with something left, or without" }),
        ),
      }),
      response: responses({ 200: "LayerPage" }, "query"),
      detail: needs(
        operation("listLayers", "Stock", "List layers by item, site and order of recording"),
        "stock.read",
      ),
    })
    .get("/movements", async ({ ctx, query }) => read.listMovements(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...ofSite,
        ...ofItem,
        sourceId: t.Optional(Id("Only of this document")),
      }),
      response: responses({ 200: "MovementPage" }, "query"),
      detail: needs(
        operation("listMovements", "Stock", "List the ledger, newest first"),
        "stock.read",
      ),
    })
    .get("/lots/:id", async ({ ctx, params }) => read.getLot(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Lot" }, "not_found"),
      detail: needs(operation("getLot", "Stock", "Read a lot and where it is"), "stock.read"),
    })
    .get("/verify", async ({ ctx, query }) => verifyStock(ctx, query), {
      query: t.Object(ofSite),
      response: responses({ 200: "Verification" }, "query"),
      detail: needsEverywhere(
        operation(
          "verifyStock",
          "Stock",
          "Recompute the books",
          "Answers the certificate, or the first row that breaks a rule.",
        ),
        "stock.verify",
      ),
    });

export const shortfallRoutes = (app: App) =>
  new Elysia({ name: "shortfalls", prefix: "/shortfalls", normalize: false })
    .use(http(app))
    .model({ ShortfallPage })
    .get("", async ({ ctx, query }) => read.listShortfalls(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...ofSite,
        ...ofItem,
        open: t.Optional(t.BooleanString({ description: "Only those still open, or settled" })),
      }),
      response: responses({ 200: "ShortfallPage" }, "query"),
      detail: needs(
        operation("listShortfalls", "Stock", "List what was sold but not on the books"),
        "stock.read",
      ),
    });

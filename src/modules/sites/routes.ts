import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { archivedQuery, idParams, pageQuery } from "#platform/http/query.ts";
import {
  commanded,
  created,
  idempotencyKey,
  ifMatch,
  noContent,
  versioned,
} from "#platform/http/replies.ts";
import {
  keyed,
  NoContent,
  needs,
  needsEverywhere,
  operation,
  responses,
} from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import * as model from "./model.ts";
import * as periods from "./service/periods.ts";
import * as service from "./service/sites.ts";
import * as tills from "./service/tills.ts";

const { PeriodChange, PeriodClose, PeriodPage, PeriodReopening } = model;
const { NewSite, Site, SitePage, SitePatch, NewTill, Till, TillPage, TillPatch } = model;

export const siteRoutes = (app: App) =>
  new Elysia({ name: "sites", prefix: "/sites", normalize: false })
    .use(http(app))
    .model({ NewSite, Site, SitePage, SitePatch })
    .post("", async ({ ctx, body, set }) => created(set, "/sites", service.openSite(ctx, body)), {
      parse: "json",
      body: "NewSite",
      response: responses({ 201: "Site" }, "body", "conflict"),
      detail: needsEverywhere(
        operation("openSite", "Sites", "Add a shop or kitchen"),
        "sites.change",
      ),
    })
    .get("", async ({ ctx, query }) => service.listSites(ctx, query), {
      query: t.Object({ ...pageQuery, ...archivedQuery }),
      response: responses({ 200: "SitePage" }, "query"),
      detail: needs(operation("listSites", "Sites", "List sites"), "sites.read"),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, service.getSite(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Site" }, "not_found"),
      detail: needs(operation("getSite", "Sites", "Read a site"), "sites.read"),
    })
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(set, service.changeSite(ctx, { id, version: ifMatch(request), patch: body })),
      {
        parse: "json",
        params: idParams,
        body: "SitePatch",
        response: responses({ 200: "Site" }, "body", "version", "not_found", "conflict"),
        detail: needs(operation("changeSite", "Sites", "Change a site"), "sites.change"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, service.archiveSite(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: needs(operation("archiveSite", "Sites", "Take a site out of use"), "sites.change"),
      },
    );

export const tillRoutes = (app: App) =>
  new Elysia({ name: "tills", prefix: "/tills", normalize: false })
    .use(http(app))
    .model({ NewTill, Till, TillPage, TillPatch })
    .post("", async ({ ctx, body, set }) => created(set, "/tills", tills.addTill(ctx, body)), {
      parse: "json",
      body: "NewTill",
      response: responses({ 201: "Till" }, "body", "conflict"),
      detail: needs(operation("addTill", "Sites", "Add a till to a site"), "tills.change"),
    })
    .get("", async ({ ctx, query }) => tills.listTills(ctx, query), {
      query: t.Object({
        ...pageQuery,
        ...archivedQuery,
        siteId: t.Optional(Id("Only of this site")),
      }),
      response: responses({ 200: "TillPage" }, "query"),
      detail: needs(operation("listTills", "Sites", "List tills"), "sites.read"),
    })
    .get("/:id", async ({ ctx, params, set }) => versioned(set, tills.getTill(ctx, params.id)), {
      params: idParams,
      response: responses({ 200: "Till" }, "not_found"),
      detail: needs(operation("getTill", "Sites", "Read a till"), "sites.read"),
    })
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(set, tills.changeTill(ctx, { id, version: ifMatch(request), patch: body })),
      {
        parse: "json",
        params: idParams,
        body: "TillPatch",
        response: responses({ 200: "Till" }, "body", "version", "not_found", "conflict"),
        detail: needs(operation("changeTill", "Sites", "Rename a till"), "tills.change"),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, tills.archiveTill(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: needs(operation("archiveTill", "Sites", "Take a till out of use"), "tills.change"),
      },
    );

export const periodRoutes = (app: App) =>
  new Elysia({ name: "periods", prefix: "/periods", normalize: false })
    .use(http(app))
    .model({ PeriodChange, PeriodClose, PeriodPage, PeriodReopening })
    .get("", async ({ ctx, query }) => periods.listPeriodChanges(ctx, query), {
      query: t.Object({ ...pageQuery, siteId: t.Optional(Id("Only of this site")) }),
      response: responses({ 200: "PeriodPage" }, "query"),
      detail: needs(
        operation("listPeriodChanges", "Sites", "List closes and reopenings, newest first"),
        "periods.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => periods.getPeriodChange(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "PeriodChange" }, "not_found"),
      detail: needs(
        operation("getPeriodChange", "Sites", "Read a close or a reopening"),
        "periods.read",
      ),
    })
    .post(
      "/close",
      async ({ ctx, body, request, set }) =>
        commanded(set, "/periods", periods.closePeriod(ctx, idempotencyKey(request), body)),
      {
        parse: "json",
        body: "PeriodClose",
        response: responses({ 201: "PeriodChange" }, "body", "key"),
        detail: keyed(
          needs(
            operation(
              "closePeriod",
              "Sites",
              "Close business dates",
              "Nothing can be dated there afterwards.",
            ),
            "periods.close",
          ),
        ),
      },
    )
    .post(
      "/reopen",
      async ({ ctx, body, request, set }) =>
        commanded(set, "/periods", periods.reopenPeriod(ctx, idempotencyKey(request), body)),
      {
        parse: "json",
        body: "PeriodReopening",
        response: responses({ 201: "PeriodChange" }, "body", "key"),
        detail: keyed(
          needs(operation("reopenPeriod", "Sites", "Open business dates again"), "periods.reopen"),
        ),
      },
    );

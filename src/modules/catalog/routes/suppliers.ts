import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { archivedQuery, idParams, pageQuery } from "#platform/http/query.ts";
import { created, ifMatch, noContent, versioned } from "#platform/http/replies.ts";
import {
  NoContent,
  needs,
  needsEverywhere,
  operation,
  responses,
} from "#platform/http/responses.ts";
import { NewSupplier, Supplier, SupplierPage, SupplierPatch } from "../model/suppliers.ts";
import * as suppliers from "../service/suppliers.ts";
import { replays } from "./replays.ts";

export const supplierRoutes = (app: App) =>
  new Elysia({ name: "suppliers", prefix: "/suppliers", normalize: false })
    .use(http(app))
    .model({ NewSupplier, Supplier, SupplierPage, SupplierPatch })
    .post(
      "",
      async ({ ctx, body, set }) => created(set, "/suppliers", suppliers.createSupplier(ctx, body)),
      {
        parse: "json",
        body: "NewSupplier",
        response: responses({ 201: "Supplier" }, "body", "conflict"),
        detail: needsEverywhere(
          operation("createSupplier", "Catalog", "Add a supplier", replays),
          "catalog.change",
        ),
      },
    )
    .get("", async ({ ctx, query }) => suppliers.listSuppliers(ctx, query), {
      query: t.Object({ ...pageQuery, ...archivedQuery }),
      response: responses({ 200: "SupplierPage" }, "query"),
      detail: needs(operation("listSuppliers", "Catalog", "List suppliers"), "catalog.read"),
    })
    .get(
      "/:id",
      async ({ ctx, params, set }) => versioned(set, suppliers.getSupplier(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "Supplier" }, "not_found"),
        detail: needs(operation("getSupplier", "Catalog", "Read a supplier"), "catalog.read"),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request, set }) =>
        versioned(
          set,
          suppliers.changeSupplier(ctx, { id, version: ifMatch(request), patch: body }),
        ),
      {
        parse: "json",
        params: idParams,
        body: "SupplierPatch",
        response: responses({ 200: "Supplier" }, "body", "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("changeSupplier", "Catalog", "Change a supplier"),
          "catalog.change",
        ),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, request, set }) =>
        noContent(set, suppliers.archiveSupplier(ctx, { id, version: ifMatch(request) })),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "version", "not_found", "conflict"),
        detail: needsEverywhere(
          operation("archiveSupplier", "Catalog", "Take a supplier out of use"),
          "catalog.change",
        ),
      },
    );

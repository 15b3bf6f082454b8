import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { created, noContent } from "#platform/http/replies.ts";
import {
  NoContent,
  needs,
  needsEverywhere,
  operation,
  responses,
} from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { ImportAlias, ImportAliasPage, NewImportAlias } from "../model/aliases.ts";
import { getAlias, listAliases, removeAlias, setAlias } from "../service/aliases.ts";

export const importAliasRoutes = (app: App) =>
  new Elysia({ name: "import-aliases", prefix: "/import-aliases", normalize: false })
    .use(http(app))
    .model({ NewImportAlias, ImportAlias, ImportAliasPage })
    .post("", async ({ ctx, body, set }) => created(set, "/import-aliases", setAlias(ctx, body)), {
      parse: "json",
      body: "NewImportAlias",
      response: responses({ 201: "ImportAlias" }, "body"),
      detail: needsEverywhere(
        operation(
          "setImportAlias",
          "Imports",
          "Say which item an article name of a till means",
          "It replaces what the name meant before; what is imported already stays as it is.",
        ),
        "imports.record",
      ),
    })
    .get("", async ({ ctx, query }) => listAliases(ctx, query), {
      query: t.Object({ ...pageQuery, itemId: t.Optional(Id("Only names of this item")) }),
      response: responses({ 200: "ImportAliasPage" }, "query"),
      detail: needs(
        operation("listImportAliases", "Imports", "List what article names mean"),
        "imports.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => getAlias(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "ImportAlias" }, "not_found"),
      detail: needs(operation("getImportAlias", "Imports", "Read an alias"), "imports.read"),
    })
    .delete("/:id", async ({ ctx, params, set }) => noContent(set, removeAlias(ctx, params.id)), {
      params: idParams,
      response: responses({ 204: NoContent }, "not_found"),
      detail: needsEverywhere(
        operation("removeImportAlias", "Imports", "Forget what an article name means"),
        "imports.record",
      ),
    });

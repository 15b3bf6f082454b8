import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import { Import, ImportPage, NewImport } from "./model.ts";
import { importFile } from "./service/import-file.ts";
import { getImport, listImports } from "./service/read.ts";

export const importRoutes = (app: App) =>
  new Elysia({ name: "imports", prefix: "/imports", normalize: false })
    .use(http(app))
    .model({ NewImport, Import, ImportPage })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        commanded(set, "/imports", importFile(ctx, idempotencyKey(request), body)),
      {
        parse: "json",
        body: "NewImport",
        response: responses({ 200: "Import", 201: "Import" }, "body", "key"),
        detail: keyed(
          needs(
            operation(
              "importFile",
              "Imports",
              "Bring in a file of another system",
              "All of it in one transaction; impossible lines are left out and reported. A dry run answers 200.",
            ),
            "imports.record",
          ),
        ),
      },
    )
    .get("", async ({ ctx, query }) => listImports(ctx, query), {
      query: t.Object({ ...pageQuery, siteId: t.Optional(Id("Only of this site")) }),
      response: responses({ 200: "ImportPage" }, "query"),
      detail: needs(
        operation("listImports", "Imports", "List imports, newest first"),
        "imports.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => getImport(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Import" }, "not_found"),
      detail: needs(
        operation("getImport", "Imports", "Read an import and its report"),
        "imports.read",
      ),
    });

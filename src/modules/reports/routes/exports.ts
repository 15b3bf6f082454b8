import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { apiPrefix, commanded, idempotencyKey } from "#platform/http/replies.ts";
import { keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Word } from "#platform/schema.ts";
import { NewExport, ReportExport, ReportExportPage, reportNames } from "../model/exports.ts";
import { askForExport, getExport, listExports } from "../service/exports.ts";

const secondsBetweenLooks = "1";

export const exportRoutes = (app: App) =>
  new Elysia({ name: "report-exports", prefix: "/reports", normalize: false })
    .use(http(app))
    .model({ NewExport, ReportExport, ReportExportPage })
    .post(
      "/:report/exports",
      async ({ ctx, params, body, request, set }) => {
        const key = idempotencyKey(request);
        const asked = await commanded(
          set,
          "/reports/exports",
          askForExport(ctx, key, { ...body, report: params.report }),
        );
        set.headers["location"] = `${apiPrefix}/reports/exports/${asked.id}`;
        set.headers["retry-after"] = secondsBetweenLooks;
        return asked;
      },
      {
        params: t.Object({ report: Word(reportNames, "The report") }),
        parse: "json",
        body: "NewExport",
        response: responses({ 202: "ReportExport" }, "body", "key", "not_found"),
        detail: keyed(
          needs(
            operation(
              "exportReport",
              "Reports",
              "Ask for a report as a file",
              "Answers at once; Location says where to look until the status is done. It will show what you may see now.",
            ),
            "reports.read",
          ),
        ),
      },
    )
    .get("/exports", async ({ ctx, query }) => listExports(ctx, query), {
      query: t.Object(pageQuery),
      response: responses({ 200: "ReportExportPage" }, "query"),
      detail: needs(
        operation("listReportExports", "Reports", "List one's own exports, newest first"),
        "reports.read",
      ),
    })
    .get(
      "/exports/:id",
      async ({ ctx, params, set }) => {
        const found = await getExport(ctx, params.id);
        const isUnderWay = found.status === "waiting" || found.status === "running";
        if (isUnderWay) set.headers["retry-after"] = secondsBetweenLooks;
        return found;
      },
      {
        params: idParams,
        response: responses({ 200: "ReportExport" }, "not_found"),
        detail: operation(
          "getReportExport",
          "Reports",
          "Read how far an export is that one has asked for, and its link",
        ),
      },
    );

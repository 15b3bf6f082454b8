import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { htmlResponse, styleHashOf } from "#platform/http/headers.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { needs, operation, responses } from "#platform/http/responses.ts";
import { signInFirst } from "#platform/http/sign-in.ts";
import { Id } from "#platform/schema.ts";
import { LotSalePage, Recall, Trace } from "./model.ts";
import { recallPage } from "./page/recall.ts";
import { pageStyle } from "./page/style.ts";
import { recallCsv } from "./rules/csv.ts";
import { drillRecall } from "./service/recall.ts";
import { traceLot, traceSales } from "./service/trace.ts";

const direction = t.UnionEnum(["forward", "backward"], {
  default: "forward",
  description: "To what it went into, or to what it was made of",
});
const Csv = t.String({
  contentMediaType: "text/csv",
  description: "One row a lot, place, day or supplier; formulas are escaped",
  examples: ["what,lot\r\n"],
});

export const recallRoutes = (app: App) =>
  new Elysia({ name: "recalls", prefix: "/stock/lots", normalize: false })
    .use(http(app))
    .model({ Trace, LotSalePage, Recall })
    .get(
      "/:id/trace",
      async ({ ctx, params, query }) => traceLot(ctx, { ...query, lotId: params.id }),
      {
        params: idParams,
        query: t.Object({ ...pageQuery, direction }),
        response: responses({ 200: "Trace" }, "query", "not_found"),
        detail: needs(
          operation(
            "traceLot",
            "Recalls",
            "Trace a lot to all it went into, or to all it was made of",
            "Each lot with its parts, its places and where all of it went. Exact; reversed runs left out.",
          ),
          "recalls.read",
        ),
      },
    )
    .get(
      "/:id/trace/sales",
      async ({ ctx, params, query }) => traceSales(ctx, { ...query, lotId: params.id }),
      {
        params: idParams,
        query: t.Object(pageQuery),
        response: responses({ 200: "LotSalePage" }, "query", "not_found"),
        detail: needs(
          operation(
            "traceSales",
            "Recalls",
            "List the sales that took some of a lot or of what holds some of it",
          ),
          "recalls.read",
        ),
      },
    )
    .get("/:id/recall", async ({ ctx, params }) => drillRecall(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Recall" }, "not_found"),
      detail: needs(
        operation(
          "drillRecall",
          "Recalls",
          "Drill the recall of a lot",
          "All a recall needs to know, and the seconds it took. Changes nothing: a hold stops the lot.",
        ),
        "recalls.read",
      ),
    })
    .get(
      "/:id/recall.csv",
      async ({ ctx, params, set }) => {
        const csv = recallCsv(await drillRecall(ctx, params.id));
        set.headers["content-type"] = "text/csv; charset=utf-8; header=present";
        set.headers["content-disposition"] = `attachment; filename="recall-${params.id}.csv"`;
        return csv;
      },
      {
        params: idParams,
        response: responses({ 200: Csv }, "not_found"),
        detail: needs(
          operation("drillRecallCsv", "Recalls", "Drill the recall of a lot, as CSV"),
          "recalls.read",
        ),
      },
    );

const styleHash = styleHashOf(pageStyle);

/** The drill as a page to print; not part of the API. */
export const recallPageRoutes = (app: App) =>
  new Elysia({ name: "recall-pages", prefix: "/recalls", normalize: false })
    .use(http(app))
    .onBeforeHandle(signInFirst)
    .get(
      "/:lotId",
      async ({ ctx, params }) =>
        htmlResponse(recallPage(await drillRecall(ctx, params.lotId)), { styleHash }),
      { params: t.Object({ lotId: Id("The lot") }), detail: { hide: true } },
    );

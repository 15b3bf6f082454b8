import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { readRawBody, streamBody } from "#platform/http/body.ts";
import { http, rawHttp } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { commanded, idempotencyKey } from "#platform/http/replies.ts";
import { type Detail, keyed, needs, operation, responses } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import {
  NewTillExport,
  TillArticlePage,
  TillDayPage,
  TillExport,
  TillExportPage,
  TillFlagPage,
  TillGuess,
} from "../model/till-exports.ts";
import { announceTillExport } from "../service/till/announce.ts";
import * as reading from "../service/till/read.ts";
import { receiveTillExport } from "../service/till/receive.ts";

const csv = ["text/csv", "text/plain", "application/octet-stream"];
const sampleBytesMax = 1024 * 1024;
/** The server's own limit is the same. */
const fileBytesMax = 512 * 1024 * 1024;

function csvBody(detail: Detail) {
  const schema = {
    type: "string" as const,
    description: "The file, byte by byte",
    examples: ["Date,Time,Transaction,Item\n2016-10-30,09:58:11,1,Bread\n"],
  };
  return { ...detail, requestBody: { required: true, content: { "text/csv": { schema } } } };
}

const report = (operationId: string, summary: string) => operation(operationId, "Imports", summary);

export const tillExportRoutes = (app: App) =>
  new Elysia({ name: "till-exports", prefix: "/imports/till-exports", normalize: false })
    .use(http(app))
    .model({
      NewTillExport,
      TillExport,
      TillExportPage,
      TillFlagPage,
      TillDayPage,
      TillArticlePage,
    })
    .post(
      "",
      async ({ ctx, body, request, set }) =>
        commanded(
          set,
          "/imports/till-exports",
          announceTillExport(ctx, idempotencyKey(request), body),
        ),
      {
        parse: "json",
        body: "NewTillExport",
        response: responses({ 201: "TillExport" }, "body", "key"),
        detail: keyed(
          needs(
            operation(
              "announceTillExport",
              "Imports",
              "Announce a till's export",
              "Its content is sent next, to `…/{id}/content`.",
            ),
            "imports.record",
          ),
        ),
      },
    )
    .get("", async ({ ctx, query }) => reading.listTillExports(ctx, query), {
      query: t.Object({ ...pageQuery, siteId: t.Optional(Id("Only of this site")) }),
      response: responses({ 200: "TillExportPage" }, "query"),
      detail: needs(report("listTillExports", "List till exports, newest first"), "imports.read"),
    })
    .get("/:id", async ({ ctx, params }) => reading.getTillExport(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "TillExport" }, "not_found"),
      detail: needs(report("getTillExport", "Read how far a till's export is"), "imports.read"),
    })
    .get(
      "/:id/flags",
      async ({ ctx, params, query }) => reading.listTillFlags(ctx, { ...query, ...params }),
      {
        params: idParams,
        query: t.Object({ ...pageQuery }),
        response: responses({ 200: "TillFlagPage" }, "query", "not_found"),
        detail: needs(
          report("listTillExportFlags", "List every flagged line of a till's export"),
          "imports.read",
        ),
      },
    )
    .get(
      "/:id/days",
      async ({ ctx, params, query }) => reading.listTillDays(ctx, { ...query, ...params }),
      {
        params: idParams,
        query: t.Object({ ...pageQuery }),
        response: responses({ 200: "TillDayPage" }, "query", "not_found"),
        detail: needs(
          report("listTillExportDays", "List what a till's export says of each day"),
          "imports.read",
        ),
      },
    )
    .get(
      "/:id/articles",
      async ({ ctx, params, query }) => reading.listTillArticles(ctx, { ...query, ...params }),
      {
        params: idParams,
        query: t.Object({ ...pageQuery }),
        response: responses({ 200: "TillArticlePage" }, "query", "not_found"),
        detail: needs(
          report("listTillExportArticles", "List the articles of a till's export"),
          "imports.read",
        ),
      },
    );

/** Their bodies are files, not JSON. */
export const tillContentRoutes = (app: App) =>
  new Elysia({ name: "till-contents", prefix: "/imports/till-exports", normalize: false })
    .use(rawHttp(app))
    .model({ TillGuess, TillExport })
    .post(
      "/guess",
      async ({ ctx, request }) =>
        reading.guessTillMapping(
          ctx,
          await readRawBody(request, { types: csv, bytesMax: sampleBytesMax }),
        ),
      {
        parse: "none",
        response: responses({ 200: "TillGuess" }, "body"),
        detail: csvBody(
          needs(
            operation(
              "guessTillMapping",
              "Imports",
              "Guess how to read a till's export",
              "By its first rows, at most 1 MiB of them; nothing is written.",
            ),
            "imports.record",
          ),
        ),
      },
    )
    .put(
      "/:id/content",
      async ({ ctx, params, request }) => {
        const length = request.headers.get("content-length");
        return receiveTillExport(ctx, {
          id: params.id,
          bytes: streamBody(request, { types: csv, bytesMax: fileBytesMax }),
          bytesTotal: length === null ? undefined : Number(length),
        });
      },
      {
        parse: "none",
        params: idParams,
        response: responses({ 200: "TillExport" }, "body", "not_found", "conflict"),
        detail: csvBody(
          needs(
            operation(
              "sendTillExport",
              "Imports",
              "Send the content of a till's export",
              "Read as it comes. Interrupted, the same content again goes on; once done, it changes nothing.",
            ),
            "imports.record",
          ),
        ),
      },
    );

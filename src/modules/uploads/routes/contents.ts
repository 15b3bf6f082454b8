import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { streamBody } from "#platform/http/body.ts";
import { http, rawHttp } from "#platform/http/plugin.ts";
import { idParams } from "#platform/http/query.ts";
import { type Detail, needs, operation, responses } from "#platform/http/responses.ts";
import { dispositionOf } from "#platform/storage.ts";
import { Upload } from "../model/upload.ts";
import { contentTypes } from "../rules/purposes.ts";
import { type OpenFile, openContent, openLinked, openThumbnail } from "../service/read.ts";
import { sendContent } from "../service/send.ts";

const tag = "Uploads";

function fileBody(detail: Detail) {
  const schema = { type: "string" as const, description: "The file, byte by byte" };
  // JSON stays out: here it is bytes, which no schema describes.
  const types = contentTypes.filter((type) => type !== "application/json");
  const content = Object.fromEntries(
    ["application/octet-stream", ...types].map((type) => [type, { schema, example: "…" }]),
  );
  return { ...detail, requestBody: { required: true, content } };
}

const file = (types: readonly string[], description: string) =>
  t.String({ contentMediaType: types.join(", "), description, examples: ["…"] });

/** Always as a file to save; if a browser shows it all the same, nothing in it runs. */
function fileResponse(opened: OpenFile, cacheControl = "private, no-store"): Response {
  const { body, contentType, bytes, fileName } = opened;
  return new Response(body, {
    headers: {
      "content-type": contentType,
      "content-length": String(bytes),
      "content-disposition": dispositionOf(fileName),
      "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
      "cache-control": cacheControl,
    },
  });
}

/** Their bodies are files, not JSON. */
export const uploadContentRoutes = (app: App) =>
  new Elysia({ name: "upload-contents", prefix: "/uploads", normalize: false })
    .use(rawHttp(app))
    .model({ Upload })
    .put(
      "/:id/content",
      async ({ ctx, params, request }) => {
        const length = request.headers.get("content-length");
        return sendContent(ctx, {
          id: params.id,
          length: length === null ? undefined : Number(length),
          open: (expected) => streamBody(request, expected),
        });
      },
      {
        parse: "none",
        params: idParams,
        response: responses({ 200: "Upload" }, "body", "not_found", "conflict"),
        detail: fileBody(
          operation(
            "sendUpload",
            tag,
            "Send the content of an upload that one has announced",
            "Of the size that was announced, as the type that was announced or as application/octet-stream. What breaks off leaves nothing and is sent again from its beginning.",
          ),
        ),
      },
    );

export const uploadFileRoutes = (app: App) =>
  new Elysia({ name: "upload-files", prefix: "/uploads", normalize: false })
    .use(http(app))
    .get(
      "/:id/content",
      async ({ ctx, params }) => fileResponse(await openContent(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: file(contentTypes, "The file") }, "not_found", "conflict"),
        detail: needs(
          operation(
            "getUploadContent",
            tag,
            "Read the content of an accepted upload",
            "As a file to save; of a product picture all but what its camera wrote, such as the place. Invoices take `stock.read` and `costs.read`, imports `imports.read`.",
          ),
          "uploads.read",
        ),
      },
    )
    .get(
      "/:id/thumbnail",
      async ({ ctx, params }) =>
        fileResponse(await openThumbnail(ctx, params.id), "private, max-age=3600"),
      {
        params: idParams,
        response: responses({ 200: file(["image/webp"], "At most 256 × 256") }, "not_found"),
        detail: needs(
          operation("getUploadThumbnail", tag, "Read a small picture of an accepted picture"),
          "uploads.read",
        ),
      },
    );

/** What links lead to that our own folder has signed; not part of the API. */
export const linkedFileRoutes = (app: App) =>
  new Elysia({ name: "linked-files", prefix: "/files", normalize: false })
    .use(rawHttp(app))
    .get(
      "/*",
      async ({ ctx, params, request }) =>
        fileResponse(await openLinked(ctx, params["*"], new URL(request.url).searchParams)),
      { detail: { hide: true } },
    );

import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { created, noContent } from "#platform/http/replies.ts";
import { NoContent, needs, operation, responses } from "#platform/http/responses.ts";
import { Id, Word } from "#platform/schema.ts";
import { NewUpload } from "../model/announce.ts";
import { AnnouncedUpload, Upload, UploadPage, uploadStates } from "../model/upload.ts";
import { purposes } from "../rules/purposes.ts";
import { announceUpload } from "../service/announce.ts";
import { getUpload, listUploads } from "../service/read.ts";
import { deleteUpload } from "../service/remove.ts";
import { retryImport } from "../service/retry.ts";

const tag = "Uploads";

export const uploadRoutes = (app: App) =>
  new Elysia({ name: "uploads", prefix: "/uploads", normalize: false })
    .use(http(app))
    .model({ NewUpload, AnnouncedUpload, Upload, UploadPage })
    .post("", async ({ ctx, body, set }) => created(set, "/uploads", announceUpload(ctx, body)), {
      parse: "json",
      body: "NewUpload",
      response: responses({ 201: "AnnouncedUpload" }, "body", "conflict"),
      detail: needs(
        operation(
          "announceUpload",
          tag,
          "Announce a file",
          "Its content is sent next, to `sendTo`. Pictures take `catalog.change` too, invoices `stock.receive`, imports `imports.record`.",
        ),
        "uploads.add",
      ),
    })
    .get("", async ({ ctx, query }) => listUploads(ctx, query), {
      query: t.Object({
        ...pageQuery,
        purpose: t.Optional(Word(purposes, "Only for this")),
        itemId: t.Optional(Id("Only pictures of this item")),
        receiptId: t.Optional(Id("Only invoices of this receipt")),
        state: t.Optional(Word(uploadStates, "Only in this state; without it all but deleted")),
      }),
      response: responses({ 200: "UploadPage" }, "query"),
      detail: needs(
        operation(
          "listUploads",
          tag,
          "List uploads, newest first",
          "One's own, and those of what one may read.",
        ),
        "uploads.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => getUpload(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Upload" }, "not_found"),
      detail: needs(operation("getUpload", tag, "Read what became of an upload"), "uploads.read"),
    })
    .post("/:id/retry", async ({ ctx, params }) => retryImport(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "Upload" }, "not_found", "conflict"),
      detail: needs(
        operation(
          "retryUpload",
          tag,
          "Try an import again that was given up",
          "Of those whose `importProblem` is `uploads.import_gave_up`. It goes on where it stopped: nothing is brought in twice.",
        ),
        "uploads.add",
        "imports.record",
      ),
    })
    .delete("/:id", async ({ ctx, params, set }) => noContent(set, deleteUpload(ctx, params.id)), {
      params: idParams,
      response: responses({ 204: NoContent }, "not_found"),
      detail: needs(
        operation(
          "deleteUpload",
          tag,
          "Delete an upload",
          "For good: its content cannot be had back. What an import has brought in stays.",
        ),
        "uploads.add",
      ),
    });

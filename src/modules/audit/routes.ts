import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { needsEverywhere, operation, responses } from "#platform/http/responses.ts";
import { Id, InstantIn } from "#platform/schema.ts";
import { AuditEntry, AuditPage, SealPage } from "./model.ts";
import * as service from "./service/read.ts";

const word = (description: string) =>
  t.Optional(t.String({ minLength: 1, maxLength: 100, description }));

export const auditRoutes = (app: App) =>
  new Elysia({ name: "audit", prefix: "/audit", normalize: false })
    .use(http(app))
    .model({ AuditEntry, AuditPage, SealPage })
    .get("", async ({ ctx, query }) => service.listEntries(ctx, query), {
      query: t.Object({
        ...pageQuery,
        subjectKind: word("Only about this kind of record, such as `item`"),
        subjectId: word("Only about this record"),
        actorId: word("Only of this person, key or till"),
        action: word("Only this, such as `item.price_changed`"),
        siteId: t.Optional(Id("Only of this site")),
        from: t.Optional(InstantIn("Only from this moment on")),
        to: t.Optional(InstantIn("Only before this moment")),
      }),
      response: responses({ 200: "AuditPage" }, "query"),
      detail: needsEverywhere(
        operation("listAudit", "Audit", "List who did what, newest first"),
        "audit.read",
      ),
    })
    .get("/seals", async ({ ctx, query }) => service.listSeals(ctx, query), {
      query: t.Object(pageQuery),
      response: responses({ 200: "SealPage" }, "query"),
      detail: needsEverywhere(
        operation(
          "listAuditSeals",
          "Audit",
          "List the seals of the audit, newest first",
          "Keep the number and hash of the newest elsewhere: whoever rewrites the audit cannot.",
        ),
        "audit.read",
      ),
    })
    .get("/:id", async ({ ctx, params }) => service.getEntry(ctx, params.id), {
      params: idParams,
      response: responses({ 200: "AuditEntry" }, "not_found"),
      detail: needsEverywhere(
        operation("getAuditEntry", "Audit", "Read an entry of the audit"),
        "audit.read",
      ),
    });

import { Elysia } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { pagePolicy } from "../page/frame.ts";
import { latestPage } from "../page/latest.ts";
import { statsPage } from "../page/stats.ts";
import { readLatest } from "../service/latest.ts";
import { type JobNumbers, readStats } from "../service/stats.ts";

function paged(page: string): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": pagePolicy,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  };
  return new Response(page, { headers });
}

/** Pages that work without script; not part of the API. */
export const reportPageRoutes = (app: App, sources: { readonly jobs?: JobNumbers } = {}) =>
  new Elysia({ name: "report-pages", normalize: false })
    .use(http(app))
    .get(
      "/reports/latest",
      async ({ ctx }) => paged(latestPage(await readLatest(ctx), ctx.now().toISOString())),
      { detail: { hide: true } },
    )
    .get("/admin/stats", async ({ ctx }) => paged(statsPage(await readStats(ctx, sources.jobs))), {
      detail: { hide: true },
    });

import { Elysia } from "elysia";
import type { App } from "#platform/context.ts";
import { htmlResponse, styleHashOf } from "#platform/http/headers.ts";
import { http } from "#platform/http/plugin.ts";
import { signInFirst } from "#platform/http/sign-in.ts";
import { latestPage } from "../page/latest.ts";
import { statsPage } from "../page/stats.ts";
import { pageStyle } from "../page/style.ts";
import { readLatest } from "../service/latest.ts";
import { type JobNumbers, readStats } from "../service/stats.ts";

const styleHash = styleHashOf(pageStyle);
const paged = (page: string) => htmlResponse(page, { styleHash });

/** Pages that work without script; not part of the API. */
export const reportPageRoutes = (app: App, sources: { readonly jobs?: JobNumbers } = {}) =>
  new Elysia({ name: "report-pages", normalize: false })
    .use(http(app))
    .onBeforeHandle(signInFirst)
    .get(
      "/reports/latest",
      async ({ ctx }) => paged(latestPage(await readLatest(ctx), ctx.now().toISOString())),
      { detail: { hide: true } },
    )
    .get("/admin/stats", async ({ ctx }) => paged(statsPage(await readStats(ctx, sources.jobs))), {
      detail: { hide: true },
    });

import { Elysia } from "elysia";
import { accountRoutes, invitationRoutes } from "#modules/accounts/routes/accounts.ts";
import { accountPageRoutes } from "#modules/accounts/routes/pages.ts";
import { secondFactorRoutes } from "#modules/accounts/routes/second-factor.ts";
import { ownSessionRoutes, sessionRoutes } from "#modules/accounts/routes/session.ts";
import { alertRoutes } from "#modules/alerts/routes.ts";
import { auditRoutes } from "#modules/audit/routes.ts";
import { categoryRoutes } from "#modules/catalog/routes/categories.ts";
import { conversionRoutes } from "#modules/catalog/routes/conversions.ts";
import { itemRoutes } from "#modules/catalog/routes/items.ts";
import { supplierRoutes } from "#modules/catalog/routes/suppliers.ts";
import { tillDeviceRoutes } from "#modules/devices/routes/devices.ts";
import { pinRoutes } from "#modules/devices/routes/pins.ts";
import { tillWorkRoutes } from "#modules/devices/routes/till.ts";
import { importAliasRoutes } from "#modules/imports/routes/aliases.ts";
import { tillContentRoutes, tillExportRoutes } from "#modules/imports/routes/till-exports.ts";
import { importRoutes } from "#modules/imports/routes.ts";
import { keyRoutes } from "#modules/keys/routes.ts";
import { runRoutes } from "#modules/production/routes.ts";
import { recallPageRoutes, recallRoutes } from "#modules/recalls/routes.ts";
import { recipePreviewRoutes } from "#modules/recipes/routes/previews.ts";
import { recipeRoutes } from "#modules/recipes/routes/recipes.ts";
import { exportRoutes } from "#modules/reports/routes/exports.ts";
import { reportPageRoutes } from "#modules/reports/routes/pages.ts";
import { salesReportRoutes } from "#modules/reports/routes/sales.ts";
import { stockReportRoutes } from "#modules/reports/routes/stock.ts";
import { refundRoutes, saleRoutes } from "#modules/sales/routes.ts";
import { settingsRoutes, taxRateRoutes } from "#modules/settings/routes.ts";
import { periodRoutes, siteRoutes, tillRoutes } from "#modules/sites/routes.ts";
import { countRoutes, receiptRoutes, wasteRoutes } from "#modules/stock/routes/documents.ts";
import { holdRoutes } from "#modules/stock/routes/holds.ts";
import {
  priceCorrectionRoutes,
  receiptCorrectionRoutes,
} from "#modules/stock/routes/price-corrections.ts";
import { shortfallRoutes, stockRoutes } from "#modules/stock/routes/stock.ts";
import { transferRoutes } from "#modules/stock/routes/transfers.ts";
import {
  linkedFileRoutes,
  uploadContentRoutes,
  uploadFileRoutes,
} from "#modules/uploads/routes/contents.ts";
import { uploadRoutes } from "#modules/uploads/routes/uploads.ts";
import { webhookDeliveryRoutes } from "#modules/webhooks/routes/deliveries.ts";
import { webhookRoutes } from "#modules/webhooks/routes/webhooks.ts";
import type { Actor, App } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { createGateway, rootInstance } from "#platform/http/gateway.ts";
import { type HealthProbes, healthRoutes } from "#platform/http/health.ts";
import { createListStream, declareLists } from "#platform/http/list-stream.ts";
import { type Document, documentOf } from "#platform/http/openapi.ts";
import { apiPrefix } from "#platform/http/replies.ts";
import type { Route } from "#platform/http/routing.ts";
import { swaggerRoutes } from "#platform/http/swagger.ts";
import { readJobNumbers } from "#platform/job-numbers.ts";
import { pendingMigrations } from "#platform/migrate.ts";
import { watchPlatform } from "#platform/watch-platform.ts";
import { about, securitySchemes, tags } from "./about.ts";
import { authenticator } from "./authenticate.ts";
import { ranks } from "./ranks.ts";

/** The whole web of this deployment: a function from a request to its response. */
export interface Web {
  /** `peer` is the address at the other end of the socket. */
  fetch(request: Request, peer?: string): Promise<Response>;
  readonly document: Document;
  /** What the router knows, for comparison with the document. */
  readonly routes: readonly Route[];
  /** From now on not ready, and every response asks its connection to close. */
  drain(): void;
  inFlight(): number;
}

/** How callers are told apart, where it is not by what they show: at a terminal, in a measurement. */
export interface Doors {
  readonly authenticate: (request: Request) => Promise<Actor>;
}

/** Composes all routes. Nothing connects or listens here. */
export function createWeb(app: App, doors: Doors = { authenticate: authenticator(app) }): Web {
  let isDraining = false;
  const routes = rootInstance(app)
    .use(
      healthRoutes(
        app,
        probesOf(app, () => isDraining),
      ),
    )
    .use(apiRoutes(app))
    .use(recallPageRoutes(app))
    .use(reportPageRoutes(app, { jobs: () => readJobNumbers(app.db.reports) }))
    .use(accountPageRoutes(app))
    .use(linkedFileRoutes(app));
  const document = documentOf(routes, {
    ...about,
    tags,
    securitySchemes: securitySchemes(app.config.publicUrl),
  });
  declareLists(document);
  const gateway = createGateway(app, routes.use(swaggerRoutes(document)), {
    isDraining: () => isDraining,
    authenticate: doors.authenticate,
    listStream: createListStream(routes, document),
    ranks,
  });
  app.telemetry.watchInFlight(gateway.inFlight);
  watchPlatform(app);
  return {
    fetch: gateway.fetch,
    document,
    routes: routes.routes.map(({ method, path }) => ({ method, path })),
    inFlight: gateway.inFlight,
    drain() {
      isDraining = true;
    },
  };
}

/** Every module's routes, in the order of the modules' graph. */
function apiRoutes(app: App) {
  return new Elysia({ name: "api", prefix: apiPrefix, normalize: false })
    .use(auditRoutes(app))
    .use(settingsRoutes(app))
    .use(taxRateRoutes(app))
    .use(siteRoutes(app))
    .use(tillRoutes(app))
    .use(periodRoutes(app))
    .use(sessionRoutes(app))
    .use(secondFactorRoutes(app))
    .use(ownSessionRoutes(app))
    .use(accountRoutes(app))
    .use(invitationRoutes(app))
    .use(keyRoutes(app))
    .use(tillDeviceRoutes(app))
    .use(tillWorkRoutes(app))
    .use(pinRoutes(app))
    .use(supplierRoutes(app))
    .use(categoryRoutes(app))
    .use(itemRoutes(app))
    .use(conversionRoutes(app))
    .use(receiptRoutes(app))
    .use(receiptCorrectionRoutes(app))
    .use(priceCorrectionRoutes(app))
    .use(stockRoutes(app))
    .use(holdRoutes(app))
    .use(wasteRoutes(app))
    .use(countRoutes(app))
    .use(transferRoutes(app))
    .use(shortfallRoutes(app))
    .use(recipeRoutes(app))
    .use(recipePreviewRoutes(app))
    .use(runRoutes(app))
    .use(saleRoutes(app))
    .use(refundRoutes(app))
    .use(recallRoutes(app))
    .use(importRoutes(app))
    .use(tillExportRoutes(app))
    .use(tillContentRoutes(app))
    .use(importAliasRoutes(app))
    .use(uploadRoutes(app))
    .use(uploadContentRoutes(app))
    .use(uploadFileRoutes(app))
    .use(salesReportRoutes(app))
    .use(stockReportRoutes(app))
    .use(exportRoutes(app))
    .use(webhookRoutes(app))
    .use(webhookDeliveryRoutes(app))
    .use(alertRoutes(app));
}

const clock = statement(
  "health_clock",
  "select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms",
);

function probesOf(app: App, isDraining: () => boolean): HealthProbes {
  return {
    isDraining,
    async databaseTime() {
      const [row] = await app.db.run<{ ms: string }>(clock);
      return new Date(Number(row?.ms));
    },
    isSchemaCurrent: async () => (await pendingMigrations(app.db)).length === 0,
  };
}

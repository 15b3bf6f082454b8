import { authorise, authoriseAt, listPermitted, permittedSites } from "#modules/access/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Db, inOrder } from "#platform/db.ts";
import { decimal, moneyText } from "#platform/decimal.ts";
import type { PageQuery } from "#platform/page.ts";
import * as errors from "../errors.ts";
import type {
  CorrectedLayerPage,
  CostAdjustmentPage,
  PriceCorrection,
  PriceCorrectionPage,
} from "../model/price-correction.ts";
import type { DocumentFilter } from "../queries/documents.ts";
import * as corrections from "../queries/price-corrections.ts";

/**
 * Price corrections, newest first; amounts have the currency's minor digits. All of them is cost,
 * so reading them takes `costs.read` beside `stock.read`.
 */
export function listPriceCorrections(
  ctx: Ctx,
  query: DocumentFilter,
): Promise<PriceCorrectionPage> {
  return listPermitted(ctx, { permission: "stock.read", also: "costs.read", query }, (scoped) =>
    padded(ctx.app.db, scoped),
  );
}

/** Throws `stock.document_not_found` (404). */
export function getPriceCorrection(ctx: Ctx, id: string): Promise<PriceCorrection> {
  return findVisible(ctx, id);
}

async function findVisible(ctx: Ctx, id: string): Promise<PriceCorrection> {
  authorise(ctx, "stock.read");
  authorise(ctx, "costs.read");
  const correction = await readPriceCorrection(ctx.app.db, id);
  const hidden = { read: "stock.read", missing: errors.documentNotFound } as const;
  authoriseAt(ctx, "stock.read", correction.siteId, hidden);
  authoriseAt(ctx, "costs.read", correction.siteId, hidden);
  return correction;
}

export async function readPriceCorrection(db: Db, id: string): Promise<PriceCorrection> {
  const { data } = await padded(db, { id, limit: 1 });
  const [found] = data;
  if (found === undefined) throw errors.documentNotFound();
  return found;
}

async function padded(db: Db, query: DocumentFilter): Promise<PriceCorrectionPage> {
  const [settings, page] = await inOrder(
    readSettings(db),
    corrections.listPriceCorrections(db, query),
  );
  const digits = minorDigitsOf(settings.currency);
  const money = (text: string) => moneyText(decimal(text), digits);
  const data = page.data.map((each) => ({
    ...each,
    difference: money(each.difference),
    lines: each.lines.map((line) => {
      return { ...line, previousCost: money(line.previousCost), totalCost: money(line.totalCost) };
    }),
  }));
  return { ...page, data };
}

/**
 * The layers that kept some of it, at the sites whose costs the actor sees. Throws
 * `stock.document_not_found` (404), as does the next.
 */
export async function listCorrectedLayers(
  ctx: Ctx,
  { id, ...query }: PageQuery & { readonly id: string },
): Promise<CorrectedLayerPage> {
  await findVisible(ctx, id);
  const siteIds = permittedSites(ctx, "stock.read", "costs.read");
  return corrections.listCorrectedLayers(ctx.app.db, id, { ...query, siteIds });
}

/** What went to sales, waste, counts, returns and the losses of runs, at those sites. */
export async function listCostAdjustments(
  ctx: Ctx,
  { id, ...query }: corrections.CostAdjustmentFilter & { readonly id: string },
): Promise<CostAdjustmentPage> {
  await findVisible(ctx, id);
  const siteIds = permittedSites(ctx, "stock.read", "costs.read");
  return corrections.listCostAdjustments(ctx.app.db, id, { ...query, siteIds });
}

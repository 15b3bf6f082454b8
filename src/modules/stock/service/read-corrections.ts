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

/** Price corrections, newest first; amounts have the currency's minor digits. */
export function listPriceCorrections(
  ctx: Ctx,
  query: DocumentFilter,
): Promise<PriceCorrectionPage> {
  return padded(ctx.app.db, query);
}

/** Throws `stock.document_not_found` (404). */
export function getPriceCorrection(ctx: Ctx, id: string): Promise<PriceCorrection> {
  return readPriceCorrection(ctx.app.db, id);
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

/** The layers that kept some of it. Throws `stock.document_not_found` (404), as does the next. */
export async function listCorrectedLayers(
  ctx: Ctx,
  { id, ...query }: PageQuery & { readonly id: string },
): Promise<CorrectedLayerPage> {
  await readPriceCorrection(ctx.app.db, id);
  return corrections.listCorrectedLayers(ctx.app.db, id, query);
}

/** What went to sales, waste, counts, returns and the losses of runs. */
export async function listCostAdjustments(
  ctx: Ctx,
  { id, ...query }: corrections.CostAdjustmentFilter & { readonly id: string },
): Promise<CostAdjustmentPage> {
  await readPriceCorrection(ctx.app.db, id);
  return corrections.listCostAdjustments(ctx.app.db, id, query);
}

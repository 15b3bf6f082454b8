import type { HistorySale } from "#modules/sales/index.ts";
import { minorDigitsOf, readSettings } from "#modules/settings/index.ts";
import { requireSite } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import type { Db } from "#platform/db.ts";
import * as errors from "../errors.ts";
import type { ImportedRecord, NewImport, Tally } from "../model.ts";
import type { RecordRow } from "../queries.ts";
import { type BakeryFile, isBakeryData, readBakeryData } from "../rules/bakery-data.ts";
import { type Fields, isFields } from "../rules/findings.ts";
import { type PlannedItem, planItems } from "./plan-items.ts";
import { type PlannedLot, planLots } from "./plan-lots.ts";
import { type PlannedRecipe, planRecipes } from "./plan-recipes.ts";
import { planSales } from "./plan-sales.ts";

/** Where a plan is made: what the file says, and the site it is for. */
export interface Planning {
  readonly db: Db;
  readonly ctx: Ctx;
  readonly siteId: string;
  readonly file: BakeryFile;
}

/** One step of a plan: what is new, what each line becomes, and what will be remembered of it. */
export interface Planned<T> {
  readonly news: readonly T[];
  readonly records: readonly ImportedRecord[];
  readonly made: readonly RecordRow[];
  readonly tally: Tally;
}

export interface Plan {
  readonly file: BakeryFile;
  readonly items: Planned<PlannedItem>;
  readonly lots: Planned<PlannedLot>;
  readonly recipes: Planned<PlannedRecipe>;
  readonly sales: Planned<HistorySale>;
}

/**
 * Decides what a file would bring, without writing. Throws `imports.format` and
 * `sites.site_unknown` (422).
 */
export async function planImport(db: Db, ctx: Ctx, input: NewImport): Promise<Plan> {
  if (!isBakeryData(input.content)) throw errors.notBakeryData();
  refuseTooMany(input.content);
  const { siteId } = input;
  await requireSite(db, siteId);
  const { currency } = await readSettings(db);
  const file = readBakeryData(input.content, minorDigitsOf(currency));
  const planning = { db, ctx, siteId, file };
  const items = await planItems(planning);
  const lots = await planLots(planning, items.byKey);
  const recipes = await planRecipes(planning, items.byKey);
  const sales = await planSales(planning, items.byKey);
  return { file, items, lots, recipes, sales };
}

const recordsMax = 2_000;

/**
 * Items and recipes are written one by one; sales and batches are not, the size of a file bounds
 * them.
 */
function refuseTooMany(content: Fields): void {
  for (const section of ["materials", "products", "recipes"]) {
    const given = Object.hasOwn(content, section) ? content[section] : undefined;
    const isTooLong = isFields(given) && Object.keys(given).length > recordsMax;
    if (isTooLong) throw errors.tooManyRecords(section, recordsMax);
  }
}

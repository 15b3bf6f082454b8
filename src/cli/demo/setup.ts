import {
  createCategory,
  createConversion,
  createItem,
  createSupplier,
  type NewItem,
} from "#modules/catalog/index.ts";
import { createRecipe, type NewRecipe } from "#modules/recipes/index.ts";
import { addTaxRate, changeSettings, getSettings, getTaxRate } from "#modules/settings/index.ts";
import { addTill, getSite, getTill, openSite } from "#modules/sites/index.ts";
import type { Ctx } from "#platform/context.ts";
import { AppError } from "#platform/errors.ts";
import {
  type DemoRecipe,
  type ItemName,
  type Product,
  type ProductName,
  products,
  recipes,
  taxRates,
} from "./bakes.ts";
import { addDays, type Calendar, cutover } from "./calendar.ts";
import { supplierId } from "./deliveries.ts";
import {
  categories,
  type Material,
  type MaterialName,
  materials,
  type SupplierName,
  suppliers,
} from "./pantry.ts";
import { type DemoShop, shops, zone } from "./shops.ts";
import { amountText, fixedId, itemId, moneyOf, recipeId, siteId } from "./world.ts";

const daysBefore = 30;
const categoryId = (name: keyof typeof categories) => fixedId(`category ${name}`);
export const tillIdsOf = (shop: DemoShop) =>
  shop.tills.map((name, index) => fixedId(`till ${shop.key} ${name}`, index));

/** Shown until the demo is whole; a seed that was killed goes on where it stopped. */
export const unfinishedMark = " (demo in the making)";

/** What is there already stays: a killed set-up is made again. */
async function once<T>(find: () => Promise<T>, make: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== "not_found") throw error;
    return make();
  }
}

async function unlessThere(code: string, make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== code) throw error;
  }
}

/** The day the demo begins: a month before now, or where an unfinished one began. */
export async function firstDayOf(ctx: Ctx, calendar: Calendar): Promise<string> {
  // The first rate that is written says when the month begins, whenever the seed goes on.
  let validFrom = addDays(calendar.businessDateOf(ctx.now()), -daysBefore);
  for (const [code, rate] of Object.entries(taxRates)) {
    const id = fixedId(`tax ${code}`);
    const stored = await once(
      () => getTaxRate(ctx, id),
      () => addTaxRate(ctx, { id, code, rate, validFrom }),
    );
    validFrom = stored.validFrom;
  }
  return validFrom;
}

/** The same rates for the years before the demo's month. */
export async function taxFrom(ctx: Ctx, validFrom: string): Promise<void> {
  for (const [code, rate] of Object.entries(taxRates)) {
    const id = fixedId(`tax ${code} before`);
    await once(
      () => getTaxRate(ctx, id),
      () => addTaxRate(ctx, { id, code, rate, validFrom }),
    );
  }
}

/** Settings, sites, tills, catalogue and recipes. */
export async function setUp(ctx: Ctx): Promise<void> {
  const settings = await getSettings(ctx);
  if (settings.version === 1) {
    await changeSettings(ctx, { version: 1, patch: { currency: "EUR", labourRate: "18.5" } });
  }
  for (const shop of shops) await openShop(ctx, shop);
  for (const name of Object.keys(suppliers) as SupplierName[]) {
    await createSupplier(ctx, { id: supplierId(name), name: suppliers[name] });
  }
  for (const name of Object.keys(categories) as (keyof typeof categories)[]) {
    await createCategory(ctx, { id: categoryId(name), ...categories[name] });
  }
  for (const [name, material] of Object.entries(materials) as [MaterialName, Material][]) {
    await addMaterial(ctx, name, material);
  }
  for (const [name, product] of Object.entries(products) as [ProductName, Product][]) {
    await createItem(ctx, productOf(name, product));
  }
  for (const recipe of recipes) {
    await unlessThere("recipes.id_taken", () => createRecipe(ctx, recipeOf(recipe)));
  }
}

async function openShop(ctx: Ctx, shop: DemoShop): Promise<void> {
  const id = siteId(shop);
  const name = `${shop.name}${unfinishedMark}`;
  const site = { id, name, zone, cutover, pricesIncludeTax: true };
  await once(
    () => getSite(ctx, id),
    () => openSite(ctx, site),
  );
  for (const [index, tillId] of tillIdsOf(shop).entries()) {
    const till = { id: tillId, siteId: id, name: shop.tills[index] ?? "" };
    await once(
      () => getTill(ctx, tillId),
      () => addTill(ctx, till),
    );
  }
}

async function addMaterial(ctx: Ctx, name: MaterialName, material: Material): Promise<void> {
  const { category, unit, allergens, bought, density, pieceWeight } = material;
  const id = itemId(name);
  await createItem(ctx, {
    id,
    name: material.name,
    kind: "material",
    stocking: bought === undefined ? "none" : "stocked",
    unit,
    categoryId: categoryId(category),
    allergens,
    ...(bought === undefined ? {} : { reorderLevel: amountText(bought.holds) }),
    ...(density === undefined ? {} : { density }),
    ...(pieceWeight === undefined ? {} : { pieceWeight }),
  });
  if (bought === undefined) return;
  const denominator = Number.isInteger(bought.holds) ? 1 : 10;
  const numerator = Math.round(bought.holds * denominator);
  const pack = { from: bought.pack, to: unit, numerator, denominator };
  await createConversion(ctx, { itemId: id, id: fixedId(`pack ${name}`), ...pack });
}

function productOf(name: ProductName, product: Product): NewItem {
  const { category, unit, isMadeToOrder = false, cents, tax, shelfLifeDays, pieceWeight } = product;
  return {
    id: itemId(name),
    name: product.name,
    kind: "product",
    stocking: isMadeToOrder ? "made_to_order" : "stocked",
    unit,
    categoryId: categoryId(category),
    price: cents === undefined ? null : moneyOf(cents),
    taxCode: tax ?? null,
    shelfLifeDays: shelfLifeDays ?? null,
    pieceWeight: pieceWeight === undefined ? null : String(pieceWeight),
  };
}

function recipeOf(recipe: DemoRecipe): NewRecipe {
  const { makes, output, percents = {}, flours = [], amounts = {}, minutes } = recipe;
  const unitOf = (name: ItemName) => ({ ...materials, ...products })[name].unit;
  const isFlour = (name: string) => flours.some((flour) => flour === name);
  return {
    id: recipeId(makes),
    itemId: itemId(makes),
    yield: { quantity: String(output), unit: products[makes].unit },
    ingredients: [
      ...(Object.entries(percents) as [ItemName, number][]).map(([name, percent]) => {
        const line = { itemId: itemId(name), bakersPercent: String(percent) };
        return isFlour(name) ? { ...line, flour: true } : line;
      }),
      ...(Object.entries(amounts) as [ItemName, number][]).map(([name, quantity]) => {
        return { itemId: itemId(name), quantity: String(quantity), unit: unitOf(name) };
      }),
    ],
    bakeLoss: String(recipe.bakeLoss ?? 0),
    handlingLoss: String(recipe.handlingLoss ?? 0),
    labourMinutes: String(minutes),
  };
}

import { newId } from "#platform/id.ts";
import * as bakery from "./bakery.ts";

/** A bakery with one of everything that commands work on, at a site of its own. */
export interface Kitchen extends bakery.Shop {
  readonly client: bakery.Asking;
  readonly tillId: string;
  /** kg, FIFO, 100 on hand in two lots. */
  readonly flour: string;
  /** kg, FEFO by its category, 20 on hand in two lots that expire. */
  readonly butter: string;
  /** kg, made of flour and butter; none on hand. */
  readonly dough: string;
  /** Pieces, made of dough and butter; none on hand. */
  readonly loaf: string;
  /** Pieces, made to order of flour and butter. */
  readonly toast: string;
  readonly doughRecipe: string;
  readonly loafRecipe: string;
}

/** Lots of one item on hand at the kitchen's site, first in first. */
export async function lotsOf(kitchen: Kitchen, itemId: string): Promise<string[]> {
  const layers = await bakery.layersOf(kitchen.client, kitchen.siteId, itemId);
  return layers.map((layer) => layer.lotId);
}

export async function openKitchen(client: bakery.Asking): Promise<Kitchen> {
  const { siteId, tillIds } = await bakery.openShop(client, {}, 2);
  const categoryId = await bakery.addCategory(client, "fefo");
  const flour = await bakery.addItem(client, { density: "0.6" });
  const butter = await bakery.addItem(client, { categoryId });
  const product = { kind: "product" };
  const dough = await bakery.addItem(client, product);
  const loaf = await bakery.addItem(client, {
    ...product,
    unit: "piece",
    pieceWeight: "800",
    shelfLifeDays: 2,
  });
  const toast = await bakery.addItem(client, {
    ...product,
    unit: "piece",
    stocking: "made_to_order",
  });
  const recipe = (itemId: string, quantity: string, unit: string, ingredients: object[]) =>
    bakery.make(client, "/recipes", { itemId, yield: { quantity, unit }, ingredients });
  const doughRecipe = await recipe(dough, "3", "kg", [
    { itemId: flour, quantity: "2", unit: "kg" },
    { itemId: butter, quantity: "250", unit: "g" },
  ]);
  const loafRecipe = await recipe(loaf, "7", "piece", [
    { itemId: dough, quantity: "5", unit: "kg" },
    { itemId: butter, quantity: "0.1", unit: "kg" },
  ]);
  await recipe(toast, "3", "piece", [
    { itemId: flour, quantity: "0.2", unit: "kg" },
    { itemId: butter, quantity: "0.1", unit: "kg" },
  ]);
  const expiresOn = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  await bakery.receive(client, siteId, [
    { itemId: flour, quantity: "60", totalCost: "50.01" },
    { itemId: flour, quantity: "40", totalCost: "44.00" },
    { itemId: butter, quantity: "10", totalCost: "70.03", expiresOn: expiresOn(9) },
    { itemId: butter, quantity: "10", totalCost: "66.60", expiresOn: expiresOn(5) },
  ]);
  return {
    client,
    siteId,
    tillIds,
    tillId: tillIds[0] ?? "",
    flour,
    butter,
    dough,
    loaf,
    toast,
    doughRecipe: doughRecipe.id,
    loafRecipe: loafRecipe.id,
  };
}

/** Dough into stock, so that loaves can be made; the run's id. */
export async function makeDough(kitchen: Kitchen, plannedOutput = "12"): Promise<string> {
  const { client, siteId, doughRecipe: recipeId } = kitchen;
  const run = await bakery.make(client, "/production-runs", { siteId, recipeId, plannedOutput });
  return run.id;
}

export const unique = (noun: string): string => `${noun} ${newId()}`;

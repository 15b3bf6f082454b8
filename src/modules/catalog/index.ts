export { catalogEvents } from "./events.ts";
export type { AllergenName, Allergens, NewConversion, NewItem, StockUnit } from "./model/items.ts";
export { allergenNames } from "./model/items.ts";
export { factorBetween, joinAllergens, type Ratio, toStockQuantity } from "./rules.ts";
export { createCategory } from "./service/categories.ts";
export { addConversion, createConversion } from "./service/conversions.ts";
export {
  addItem,
  catalogTag,
  createItem,
  findItemsForLines,
  type LineItem,
  lockUnit,
} from "./service/items.ts";
export { createSupplier, requireSupplier } from "./service/suppliers.ts";

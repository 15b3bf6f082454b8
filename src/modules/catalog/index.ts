export { itemUnknown, supplierUnknown } from "./errors.ts";
export type {
  AllergenName,
  AllergenState,
  Allergens,
  Category,
  Conversion,
  Item,
  NewCategory,
  NewConversion,
  NewItem,
  NewSupplier,
  StockUnit,
  Supplier,
} from "./model.ts";
export { allergenNames } from "./model.ts";
export type { LineItem } from "./queries/items.ts";
export {
  factorBetween,
  joinAllergens,
  type Measured,
  type Ratio,
  type StockQuantity,
  toStockQuantity,
  type UnitConversion,
} from "./rules.ts";
export { addCategory, createCategory, getCategory, listCategories } from "./service/categories.ts";
export { addConversion, createConversion, listConversions } from "./service/conversions.ts";
export {
  addItem,
  createItem,
  findItemsForLines,
  getItem,
  listItems,
  lockUnit,
} from "./service/items.ts";
export {
  addSupplier,
  createSupplier,
  getSupplier,
  listSuppliers,
  requireSupplier,
} from "./service/suppliers.ts";

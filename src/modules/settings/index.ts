export type { NewTaxRate, Settings, SettingsPatch, TaxRate } from "./model.ts";
export { findTaxRateOn, taxCodeExists } from "./queries.ts";
export { minorDigitsOf } from "./rules.ts";
export {
  addTaxRate,
  changeSettings,
  getSettings,
  getTaxRate,
  listTaxRates,
  readSettings,
} from "./service.ts";

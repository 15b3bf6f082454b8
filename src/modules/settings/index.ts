export { minorDigitsOf } from "./rules.ts";
export {
  addTaxRate,
  changeSettings,
  getSettings,
  getTaxRate,
  postingSettings,
  readSettings,
  taxCodeExists,
} from "./service.ts";

export { minorDigitsOf } from "./rules.ts";
export {
  addTaxRate,
  changeSettings,
  getSettings,
  getTaxRate,
  readSettings,
  taxCodeExists,
} from "./service.ts";

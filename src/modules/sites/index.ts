export { siteUnknown, tillUnknown } from "./errors.ts";
export type { Site } from "./model.ts";
export { openSince, pinPeriods } from "./service/periods.ts";
export {
  addTill,
  changeSite,
  getSite,
  getTill,
  listSites,
  openSite,
  requireSite,
  takeReceiptNumber,
} from "./service/sites.ts";

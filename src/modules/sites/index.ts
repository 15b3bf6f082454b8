export { siteUnknown, tillUnknown } from "./errors.ts";
export type { NewSite, NewTill, Site, Till } from "./model.ts";
export { takeReceiptNumber } from "./queries.ts";
export {
  addTill,
  changeSite,
  getSite,
  getTill,
  listSites,
  listTills,
  openSite,
  requireSite,
  requireTill,
} from "./service.ts";

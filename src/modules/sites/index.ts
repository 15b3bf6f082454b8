export { siteUnknown, tillUnknown } from "./errors.ts";
export { siteClockChanged, sitesEvents } from "./events.ts";
export type { Site } from "./model.ts";
export { authoriseSite } from "./service/authorise-site.ts";
export { openSince, pinPeriods } from "./service/periods.ts";
export { changeSite, getSite, listSites, openSite, requireSite } from "./service/sites.ts";
export { addTill, getTill, takeReceiptNumber } from "./service/tills.ts";

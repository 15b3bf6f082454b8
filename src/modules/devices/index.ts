export { type ApprovedDeed, spendApproval } from "./service/approvals.ts";
export { authenticateTill, findTill, isTillKey } from "./service/authenticate.ts";
export { removePersonFromTills } from "./service/pins.ts";

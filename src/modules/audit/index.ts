export { auditEvents } from "./events.ts";
export { checkCopies, keepEvent, sendMissing } from "./service/copy.ts";
export { type Deed, recordDeed } from "./service/record.ts";
export { sealAudit } from "./service/seal.ts";
export { verifyAudit } from "./service/verify.ts";

export type { Changes } from "./rules/changes.ts";
export { type Deed, recordDeed } from "./service/record.ts";
export { type Sealing, sealAudit } from "./service/seal.ts";
export { type AuditProof, verifyAudit } from "./service/verify.ts";

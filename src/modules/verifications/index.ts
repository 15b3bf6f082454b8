export type { VerificationRun } from "./model.ts";
export { findLastVerification, verifyBooks } from "./service.ts";

export { findLastVerification, verifyBooks } from "./service.ts";

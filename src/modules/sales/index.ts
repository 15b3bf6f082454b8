export type { NewSale } from "./model.ts";
export { type HistorySale, recordHistory } from "./service/history.ts";
export { ringUpSale } from "./service/ring-up.ts";
export { verifyReceipts } from "./service/verify-receipts.ts";
export { voidSale } from "./service/void.ts";

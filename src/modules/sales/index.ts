export {
  historyRecorded,
  saleRecorded,
  saleRefunded,
  salesEvents,
  saleVoided,
} from "./events.ts";
export type { NewSale } from "./model/sale.ts";
export { type HistorySale, recordHistory } from "./service/history.ts";
export { type HistoryReturn, recordHistoryReturns } from "./service/history-returns.ts";
export { ringUpSale } from "./service/ring-up.ts";
export { verifyReceipts } from "./service/verify-receipts.ts";
export { voidSale } from "./service/void.ts";

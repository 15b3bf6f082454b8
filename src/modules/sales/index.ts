export type { NewSale, Sale, SaleLine } from "./model.ts";
export { type HistorySale, recordHistory } from "./service/history.ts";
export { getSale, listSales } from "./service/read.ts";
export { ringUpSale } from "./service/ring-up.ts";
export {
  type BrokenReceipt,
  type ReceiptsCertificate,
  verifyReceipts,
} from "./service/verify-receipts.ts";
export { voidSale } from "./service/void.ts";

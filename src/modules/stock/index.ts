export { linkGenealogy, unlinkGenealogy } from "./service/genealogy.ts";
export {
  type ConsumePosting,
  consume,
  type IssuedLine,
  lockAndConsume,
  lockBalances,
  type Moment,
  mirror,
  momentAfter,
  postingMoment,
  receive,
  recordShortfalls,
  refuseShort,
  reopenSettlements,
  settle,
  undoSale,
} from "./service/ledger.ts";
export { type OpeningLot, openStock } from "./service/open-stock.ts";
export { costOfTaking, momentOfLook, peekStock } from "./service/preview.ts";
export { listBalances } from "./service/read.ts";
export { recordCount } from "./service/record-count.ts";
export { recordReceipt } from "./service/record-receipt.ts";
export { recordWaste } from "./service/record-waste.ts";
export { type ReturnedLine, returnSold } from "./service/return-sold.ts";
export { verifyStock } from "./service/verify.ts";

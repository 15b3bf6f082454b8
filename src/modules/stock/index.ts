export { periodClosed } from "./errors.ts";
export { lotHeld, lotReleased, priceCorrected, stockEvents, stockOpened } from "./events.ts";
export { requireUnadjusted, shareCost } from "./service/cost-adjustments.ts";
export { linkGenealogy, listPartsOf, traceLots, unlinkGenealogy } from "./service/genealogy.ts";
export { holdLot } from "./service/hold-lot.ts";
export {
  type ConsumePosting,
  consume,
  type IssuedLine,
  lockAndConsume,
  lockBalances,
  lockStockOf,
  mirror,
  receive,
  recordShortfalls,
  refuseShort,
  reopenSettlements,
  settle,
  undoSale,
} from "./service/ledger.ts";
export { type Moment, momentAfter, postingMoment } from "./service/moment.ts";
export { type OpeningLot, openStock } from "./service/open-stock.ts";
export { costOfTaking, momentOfLook, peekStock } from "./service/preview.ts";
export { listBalances } from "./service/read.ts";
export { recordCount } from "./service/record-count.ts";
export { recordReceipt } from "./service/record-receipt.ts";
export { recordWaste } from "./service/record-waste.ts";
export { returnSold } from "./service/return-sold.ts";
export { verifyStock } from "./service/verify.ts";

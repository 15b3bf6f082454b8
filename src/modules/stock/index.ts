export type { Verification } from "./model/verification.ts";
export { linkGenealogy, unlinkGenealogy } from "./queries/genealogy.ts";
export type { Eligibility, IssuedLine, IssueLine } from "./queries/issue.ts";
export {
  type ConsumePosting,
  consume,
  lockAndConsume,
  lockBalances,
  type Moment,
  mirror,
  postingMoment,
  receive,
  recordShortfalls,
  refuseShort,
  reopenSettlements,
  settle,
  undoSale,
} from "./service/ledger.ts";
export {
  type OpenedLot,
  type OpeningLot,
  type OpeningStock,
  openStock,
} from "./service/open-stock.ts";
export { costOfTaking, momentOfLook, peekStock, type Takeable } from "./service/preview.ts";
export { recordCount } from "./service/record-count.ts";
export { recordReceipt } from "./service/record-receipt.ts";
export { recordWaste } from "./service/record-waste.ts";
export { type VerifyScope, verifyStock } from "./service/verify.ts";

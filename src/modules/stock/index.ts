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

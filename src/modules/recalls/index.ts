export type { Recall } from "./model.ts";
export { recallPage } from "./page/recall.ts";
export { recallCsv } from "./rules/csv.ts";
export { drillRecall } from "./service/recall.ts";

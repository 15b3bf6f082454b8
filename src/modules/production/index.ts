export type { NewRun, Run } from "./model.ts";
export { getRun, listRuns } from "./service/read.ts";
export { addRun, recordRun } from "./service/record-run.ts";
export { reverseRun } from "./service/reverse-run.ts";

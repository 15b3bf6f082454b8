export { recordRun } from "./service/record-run.ts";

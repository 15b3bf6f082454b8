export { productionEvents } from "./events.ts";
export { recordRun } from "./service/record-run.ts";

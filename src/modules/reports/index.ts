export {
  markDays,
  rebuildReports,
  recomputeDays,
  recomputeMarked,
  touchedDays,
} from "./service/recompute.ts";
export { renderExport } from "./service/render.ts";

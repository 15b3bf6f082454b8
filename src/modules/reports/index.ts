export {
  markDays,
  rebuildReports,
  recomputeDays,
  recomputeMarked,
  touchedDays,
} from "./service/recompute.ts";

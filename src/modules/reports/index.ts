export {
  type AskedDay,
  markDays,
  type RebuildProgress,
  rebuildReports,
  recomputeDays,
  recomputeMarked,
  touchedDays,
} from "./service/recompute.ts";

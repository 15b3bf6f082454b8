export {
  type AskedDay,
  markDays,
  rebuildReports,
  type RebuildProgress,
  recomputeDays,
  recomputeMarked,
  touchedDays,
} from "./service/recompute.ts";

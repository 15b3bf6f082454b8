import { readFileSync, writeFileSync } from "node:fs";

/** Bytes that a process holds now (VmRSS), or held at most since it was asked to count anew (VmHWM). */
export function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024;
}

/** Forgets the peak; answers what the process holds. */
export function countAnew(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  return memoryOf(pid, "VmRSS");
}

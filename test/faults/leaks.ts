import { readFileSync } from "node:fs";
import { until } from "./schedule.ts";
import type { Sql } from "./sql.ts";

interface Activity {
  readonly all: number;
  readonly busy: number;
}

const activity = `
  select count(*)::int as all, count(*) filter (where state <> 'idle')::int as busy
  from pg_stat_activity
  where application_name = 'banneton' and datname = current_database() and pid <> pg_backend_pid()`;

/** What one web process may hold at most: its pool, the reports' and the shared look-ups'. */
const connectionsMax = 8 + 2 + 2;

/**
 * I7: when all is quiet, no connection is in a transaction, and there are no more than the pools
 * hold. Takes an admin's connection in that database: others do not see the state.
 */
export async function checkConnections(
  admin: Sql,
  processes: number,
  timeoutMs = 20_000,
): Promise<string[]> {
  let last: Activity = { all: 0, busy: 0 };
  const isQuiet = async () => {
    const [now] = await admin.rows<Activity>(activity);
    last = now ?? last;
    return last.busy === 0 && last.all <= connectionsMax * processes;
  };
  try {
    await until("all connections are idle", isQuiet, timeoutMs);
    return [];
  } catch {
    return [`I7 ${last.all} connections of ${processes} processes, ${last.busy} not idle`];
  }
}

/** Resident memory of a process in megabytes; undefined where there is no /proc. */
export function residentMb(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return kb === undefined ? undefined : Number(kb) / 1024;
}

/** Far above what a web process needs, far below what a leak of each request would reach. */
const residentMbMax = 600;

/** I7: memory bounded. */
export function checkMemory(pid: number): string[] {
  const used = residentMb(pid) ?? 0;
  return used <= residentMbMax ? [] : [`I7 process ${pid} holds ${Math.round(used)} MB`];
}

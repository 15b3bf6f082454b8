import { until } from "../faults/schedule.ts";
import type { Sql } from "../faults/sql.ts";

const isBusy = `
  select exists (select from platform.events) or exists (select from platform.outgoing)
    or exists (select from pgboss.job_common where name in ('reports.follow-change',
      'reports.recompute-day', 'reports.rebuild-site', 'events.forward') and state < 'completed')
    as busy`;

/** Waits until every event is handed on, every day computed, and all that leaves has left. */
export async function untilFollowed(sql: Sql): Promise<void> {
  await until("all events are followed", async () => {
    const [row] = await sql.rows<{ busy: boolean }>(isBusy);
    return row?.busy === false;
  });
}

/** Nobody beats any more for what runs now, as if its worker had been gone for a minute. */
export async function forgetRunning(sql: Sql): Promise<void> {
  await sql.rows(`update pgboss.job_common set heartbeat_on = now() - interval '1 minute'
    where state = 'active'`);
}

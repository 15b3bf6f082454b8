import pg from "pg";
import { type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import type { TestWeb } from "./web.ts";

/** Banneton itself, as the worker and the command line act. */
export function systemCtx({ app }: TestWeb): Ctx {
  return { app, actor: SYSTEM_ACTOR, traceId: "0".repeat(32), log: app.log, now: app.now };
}

const tables = ["days", "hours", "sales", "stock", "production", "payments", "sell_outs"] as const;

export type ReportRows = Readonly<Record<(typeof tables)[number], readonly string[]>>;

/** Every row of the reports as text, but for when and why it was computed. */
export async function reportRows(url: string, siteIds?: readonly string[]): Promise<ReportRows> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found: [string, string[]][] = [];
    for (const table of tables) {
      const { rows } = await client.query<{ row: string }>(
        `select (to_jsonb(t) - 'computed_at' - 'event_id')::text as row from reports.${table} t
         where $1::uuid[] is null or site_id = any($1) order by 1`,
        [siteIds ?? null],
      );
      found.push([table, rows.map(({ row }) => row)]);
    }
    return Object.fromEntries(found) as unknown as ReportRows;
  } finally {
    await client.end();
  }
}

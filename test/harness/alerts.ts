import { sendNotice } from "#modules/alerts/service/notify.ts";
import { deliver } from "#modules/webhooks/service/deliver.ts";
import { parseWebConfig } from "#platform/config.ts";
import { type Ctx, SYSTEM_ACTOR } from "#platform/context.ts";
import { statement } from "#platform/db.ts";
import { silentLog } from "#platform/log.ts";
import type { TestWeb } from "./web.ts";

/** What parseWebConfig makes of these, in place of the web's own. */
export function outsideConfig(env: Readonly<Record<string, string>>) {
  const { alerts, outbound } = parseWebConfig({ DATABASE_URL: "postgres://app@db/b", ...env });
  return { alerts, outbound };
}

/** Banneton itself, as a worker's job acts. */
export function jobCtx({ app }: Pick<TestWeb, "app">, log = silentLog): Ctx {
  return { app, actor: SYSTEM_ACTOR, traceId: "0".repeat(32), log, now: app.now };
}

/** Runs SQL as the app. */
export function sqlOf({ app }: Pick<TestWeb, "app">) {
  return <Row>(text: string, values: readonly unknown[] = []) =>
    app.db.run<Row>(statement("", text), values);
}

/** Makes every try that is due, as the jobs of a worker would; how many failed by accident. */
export async function deliverDue(web: Pick<TestWeb, "app">, ctx = jobCtx(web)): Promise<number> {
  const due = await sqlOf(web)<{ id: string }>(
    "select id from webhooks.deliveries where state = 'waiting' and next_try_at <= now() order by id",
  );
  const tries = await Promise.allSettled(due.map(({ id }) => deliver(ctx, id)));
  return tries.filter(({ status }) => status === "rejected").length;
}

/** Sends every notice that is not sent. */
export async function notifyDue(web: Pick<TestWeb, "app">, ctx = jobCtx(web)): Promise<number> {
  const due = await sqlOf(web)<{ id: string }>(
    "select id from alerts.notices where sent_at is null order by id",
  );
  const tries = await Promise.allSettled(due.map(({ id }) => sendNotice(ctx, id)));
  return tries.filter(({ status }) => status === "rejected").length;
}

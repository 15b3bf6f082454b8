import type { App } from "#platform/context.ts";
import { pendingMigrations } from "#platform/migrate.ts";
import type { RunningWorker } from "./lifecycle.ts";

export interface HealthState {
  readonly worker: Pick<RunningWorker, "isAlive"> | undefined;
  readonly isStopping: boolean;
}

/** /healthz, /readyz and /metrics of a worker: never public. */
export function healthOf(
  app: App,
  state: () => HealthState,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/metrics") {
      const headers = { "content-type": app.telemetry.contentType };
      return new Response(await app.telemetry.print(), { headers });
    }
    if (pathname === "/healthz") return alive(state());
    if (pathname === "/readyz") return ready(app, state());
    return new Response(null, { status: 404 });
  };
}

/** Not alive is stuck: whoever asks may kill it. */
function alive({ worker }: HealthState): Response {
  const isAlive = worker === undefined || worker.isAlive();
  return Response.json({ status: isAlive ? "alive" : "stuck" }, { status: isAlive ? 200 : 503 });
}

async function ready(app: App, { worker, isStopping }: HealthState): Promise<Response> {
  const missing = await pendingMigrations(app.db).catch(() => undefined);
  const checks = {
    working: word(worker?.isAlive() === true && !isStopping),
    database: word(missing !== undefined),
    schema: word(missing?.length === 0),
  };
  const isReady = Object.values(checks).every((check) => check === "ok");
  const body = { status: isReady ? "ready" : "not_ready", checks };
  return Response.json(body, { status: isReady ? 200 : 503 });
}

function word(isGood: boolean): "ok" | "failed" {
  return isGood ? "ok" : "failed";
}

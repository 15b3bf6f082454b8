import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { App } from "#platform/context.ts";
import { http } from "#platform/http/plugin.ts";
import { operation } from "#platform/http/responses.ts";

export const Alive = Type.Object(
  { status: Type.Literal("alive") },
  { additionalProperties: false, description: "The loop answers", examples: [{ status: "alive" }] },
);

const checkState = Type.Union([Type.Literal("ok"), Type.Literal("failed")]);

export const Readiness = Type.Object(
  {
    status: Type.Union([Type.Literal("ready"), Type.Literal("not_ready")]),
    checks: Type.Object(
      { serving: checkState, database: checkState, schema: checkState, clock: checkState },
      { additionalProperties: false },
    ),
  },
  {
    additionalProperties: false,
    description: "Whether this process should get requests, and why not",
    examples: [
      { status: "ready", checks: { serving: "ok", database: "ok", schema: "ok", clock: "ok" } },
    ],
  },
);

/**
 * What readiness asks; each may throw, which is a failed check. Never Redis: sales live without it.
 */
export interface HealthProbes {
  isDraining(): boolean;
  isSchemaCurrent(): Promise<boolean>;
  databaseTime(): Promise<Date>;
}

const clockSkewMsMax = 2000;
const clockSentence = "database answers, schema current, clock skew under 2 s, not draining";

export const healthPaths: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/health"]);

export function healthRoutes(app: App, probes: HealthProbes) {
  const readiness = async ({ set }: { set: { status?: number | string } }) => {
    const answer = await checkReadiness(app, probes);
    set.status = answer.status === "ready" ? 200 : 503;
    return answer;
  };
  const ready = { 200: "Readiness", 400: "Problem", 500: "Problem", 503: "Readiness" } as const;
  return new Elysia({ name: "health", normalize: false })
    .use(http(app))
    .model({ Alive, Readiness })
    .get("/healthz", async () => ({ status: "alive" as const }), {
      response: { 200: "Alive", 400: "Problem", 500: "Problem" },
      detail: operation("getLiveness", "Health", "Does the process answer?"),
    })
    .get("/readyz", readiness, {
      response: ready,
      detail: operation("getReadiness", "Health", `Ready for requests: ${clockSentence}`),
    })
    .get("/health", readiness, {
      response: ready,
      detail: operation("getHealth", "Health", "The same as /readyz, for load balancers"),
    });
}

async function checkReadiness(app: App, probes: HealthProbes) {
  const [database, schema] = await Promise.all([
    clockSkewMs(app, probes).catch(() => undefined),
    probes.isSchemaCurrent().catch(() => false),
  ]);
  const checks = {
    serving: word(!probes.isDraining()),
    database: word(database !== undefined),
    schema: word(schema),
    clock: word(database !== undefined && database < clockSkewMsMax),
  };
  const isReady = Object.values(checks).every((state) => state === "ok");
  return { status: isReady ? ("ready" as const) : ("not_ready" as const), checks };
}

/** How far the clocks are apart at least: the time the question took is not skew. */
async function clockSkewMs(app: App, probes: HealthProbes): Promise<number> {
  const before = app.now().getTime();
  const database = (await probes.databaseTime()).getTime();
  const after = app.now().getTime();
  return Math.max(0, before - database, database - after);
}

function word(isGood: boolean): "ok" | "failed" {
  return isGood ? "ok" : "failed";
}

import type { Actor, App } from "#platform/context.ts";
import { browserGuard } from "#platform/http/browser.ts";
import type { Exchange } from "#platform/http/exchange.ts";
import { createGates, holdPlace, type Leave } from "#platform/http/gates.ts";
import { healthPaths } from "#platform/http/health.ts";
import { createLimits } from "#platform/http/limits.ts";
import type { ListStream } from "#platform/http/list-stream.ts";
import { HttpProblem } from "#platform/http/problem.ts";
import { type RankTable, ranker, reportRank } from "#platform/http/ranks.ts";
import { hostTest, pathOf } from "#platform/http/routing.ts";

/** Answers a request that was let in. */
export type Route = (
  request: Request,
  exchange: Exchange,
  stream: ReturnType<ListStream>,
) => Promise<Response>;

interface AdmissionOptions {
  readonly authenticate: (request: Request) => Promise<Actor>;
  readonly listStream: ListStream;
  readonly ranks: RankTable;
  readonly route: Route;
}

/**
 * The doors a request goes through, the cheapest first: host, other sites, the address' limit, the
 * gate of its class, who asks, the actor's limit. Health goes through none of them.
 */
export function createAdmission(app: App, options: AdmissionOptions) {
  const { authenticate, listStream, route } = options;
  const isHostAllowed = hostTest(app.config.allowedHosts);
  const browser = browserGuard(app.config);
  const rankOf = ranker(options.ranks);
  const limits = createLimits(app);
  const gates = createGates(app.config.gates, app.telemetry);

  return async (request: Request, exchange: Exchange): Promise<Response> => {
    if (healthPaths.has(pathOf(request.url))) return route(request, exchange, undefined);
    if (!isHostAllowed(request)) {
      throw new HttpProblem(400, "http.host", "This server does not answer to that Host.");
    }
    if (browser.isPreflight(request)) return new Response(null, { status: 204 });
    browser.check(request);
    const stream = listStream(request);
    const rank = stream === undefined ? rankOf(request) : reportRank;
    const counted = limits.byAddress(exchange, rank);
    if (counted !== undefined) await counted;
    const entered = gates.enter(rank.gate, request);
    const leave = entered instanceof Promise ? await entered : entered;
    return keeping(leave, request, rank.gate === "report", async () => {
      exchange.actor = await authenticate(request);
      limits.byActor(exchange, rank);
      return route(request, exchange, stream);
    });
  };
}

/** Runs `work` in its place; a report that is read bit by bit keeps it until its end. */
async function keeping(
  leave: Leave,
  request: Request,
  isReport: boolean,
  work: () => Promise<Response>,
): Promise<Response> {
  let isHeld = false;
  try {
    const response = await work();
    isHeld = isReport && !isWhole(response);
    return isHeld ? holdPlace(response, request, leave) : response;
  } finally {
    if (!isHeld) leave();
  }
}

const wholeTypes = /^(?:text\/html|application\/(?:problem\+)?json)\b/;

function isWhole(response: Response): boolean {
  return wholeTypes.test(response.headers.get("content-type") ?? "");
}

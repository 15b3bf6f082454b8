import type { AppConfig } from "#platform/config.ts";
import { statement } from "#platform/db.ts";
import { serve } from "../../src/web/main.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { openTestWeb, type TestWeb } from "../harness/web.ts";

/** A request as the server saw it, and its answer. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly hasSession: boolean;
  readonly status: number;
  readonly code: string | undefined;
}

/** A product of this process's own with a real port, at `http://localhost:<port>`. */
export interface Place extends TestWeb {
  readonly base: string;
  readonly database: TestDatabase;
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

const anyPort = { hostname: "127.0.0.1", port: 0 };

/** `watch` is told every request that came. */
export async function openPlace(
  config: Partial<AppConfig> = {},
  watch: (seen: Seen) => void = () => {},
): Promise<Place> {
  const database = await testDatabase();
  const server = serve(async (request, peer) => {
    const answer = await opened.web.fetch(request, peer);
    watch(await seenOf(request, answer.clone()));
    return answer;
  }, anyPort);
  const base = `http://localhost:${server.port}`;
  const opened = openTestWeb(database.appUrl, { config: { publicUrl: base, ...config } });
  return {
    ...opened,
    base,
    database,
    sql: (text, values = []) => opened.app.db.run(statement("", text), values),
    async close() {
      await server.close();
      await opened.close();
      await database.drop();
    },
  };
}

async function seenOf(request: Request, answer: Response): Promise<Seen> {
  const isProblem = answer.headers.get("content-type") === "application/problem+json";
  return {
    method: request.method,
    path: new URL(request.url).pathname,
    hasSession: request.headers.get("cookie")?.includes("banneton-session=") === true,
    status: answer.status,
    code: isProblem ? (await answer.json()).code : undefined,
  };
}

/**
 * A site of somebody else's: an empty page at every path; its port is open under both names.
 * `watch` is told what is asked for.
 */
export function openOtherSite(watch: (path: string) => void) {
  const html = "<!doctype html><meta charset=utf-8><title>Elsewhere</title><body>";
  const headers = { "content-type": "text/html" };
  const server = serve(async ({ url }) => {
    const { pathname, search } = new URL(url);
    if (search !== "") watch(pathname + search);
    return new Response(html, { headers });
  }, anyPort);
  return {
    /** Another site, to which a browser sends no cookie of ours. */
    foreign: `http://127.0.0.1:${server.port}`,
    /** Another origin of our own site, to which cookies go as SameSite does not see ports. */
    neighbour: `http://localhost:${server.port}`,
    close: () => server.close(),
  };
}

import { HttpProblem, notFound } from "#platform/http/problem.ts";

export interface Route {
  readonly method: string;
  /** `/api/v1/sites/:id` */
  readonly path: string;
}

/** Path of a request's URL as sent, without the query. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const end = url.indexOf("?", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

/** What answers where no route does: OPTIONS with Allow, 405 with Allow, or 404. */
export function fallback(routes: readonly Route[]) {
  const patterns = new Map<string, { regex: RegExp; methods: Set<string> }>();
  for (const { method, path } of routes) {
    const known = patterns.get(path) ?? { regex: regexOf(path), methods: new Set() };
    known.methods.add(method);
    if (method === "GET") known.methods.add("HEAD");
    patterns.set(path, known);
  }
  return (method: string, path: string): HttpProblem | Response => {
    const methods = new Set<string>();
    for (const known of patterns.values()) {
      if (known.regex.test(path)) for (const name of known.methods) methods.add(name);
    }
    if (methods.size === 0) return notFound();
    const allow = [...methods, "OPTIONS"].sort().join(", ");
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    const text = `This path knows ${allow}.`;
    return new HttpProblem(405, "http.method", text, { headers: { allow } });
  };
}

function regexOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll(/:[^/]+/g, "[^/]+")}$`);
}

/** A test of the Host header against exact names; a port in it is not compared. */
export function hostTest(allowed: readonly string[]): (request: Request) => boolean {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  if (names.has("*")) return () => true;
  // The same few headers come again and again; foreign ones must not fill the memory.
  const known = new Set<string>();
  return (request) => {
    const host = request.headers.get("host") ?? hostOf(request.url);
    if (known.has(host)) return true;
    if (!names.has(host.replace(/:\d{1,5}$/, "").toLowerCase())) return false;
    if (known.size < 100) known.add(host);
    return true;
  };
}

function hostOf(url: string): string {
  const start = url.indexOf("://") + 3;
  const end = url.indexOf("/", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

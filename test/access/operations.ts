import { companyMark, needsMark } from "#platform/http/responses.ts";
import { newId } from "#platform/id.ts";
import type { Web } from "../../src/web/app.ts";

/** One thing that can be asked of the web. */
export interface Operation {
  /** Its operationId; of a route that is not in the document, its method and path. */
  readonly name: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  /** The query it cannot do without. */
  readonly query: string;
  readonly hasSiteFilter: boolean;
  /** What the document says it asks for; undefined if the route is not in it. */
  readonly declared?: { readonly permissions: readonly string[]; readonly isCompanyWide: boolean };
  readonly body?: { readonly type: string; readonly example: unknown };
}

/** Every route there is, as the document describes it. */
export function operationsOf({ document, routes }: Web): Operation[] {
  return routes.map(({ method, path: routed }): Operation => {
    const path = routed.replaceAll(/:([^/]+)/g, "{$1}");
    const declared = document.paths[path]?.[method.toLowerCase()];
    const bare = { method, path, query: "", hasSiteFilter: false };
    if (declared === undefined) return { ...bare, name: `${method} ${routed}` };
    const filters = (declared.parameters ?? []).flatMap((each) =>
      "schema" in each && "in" in each && each.in === "query" ? [each] : [],
    );
    const needed = filters.filter(({ required }) => required);
    const query = needed.map(({ name, example }) => `${name}=${String(example)}`).join("&");
    const hasSiteFilter = filters.some(({ name }) => name === "siteId");
    const [body] = Object.entries(declared.requestBody?.content ?? {});
    const { [needsMark]: permissions = [], [companyMark]: isCompanyWide = false } = declared;
    const said = { permissions, isCompanyWide };
    const found = { ...bare, name: declared.operationId, query, hasSiteFilter, declared: said };
    return body === undefined
      ? found
      : { ...found, body: { type: body[0], ...exampleIn(body[1]) } };
  });
}

function exampleIn({ example }: { readonly example?: unknown }) {
  return { example };
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const namedSite = /"(siteId|fromSiteId|toSiteId)":"[^"]+"/g;

/** The same request about records and sites that are not there. */
export function missing(request: Request): Request {
  const path = request.path.replaceAll(uuid, () => newId());
  const text = JSON.stringify(request.body);
  if (text === undefined) return { ...request, path };
  const body = text.replaceAll(namedSite, (_, name: string) => `"${name}":"${newId()}"`);
  return { ...request, path, body: JSON.parse(body) };
}

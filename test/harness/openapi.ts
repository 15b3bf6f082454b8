import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Document, responseAt } from "#platform/http/openapi.ts";

/** Fails unless the document declares this very answer: route, status, content type and body. */
export type Conforms = (method: string, url: string, response: Response) => Promise<void>;

/** Makes the check once for a document; shapes are compiled on first use. */
export function conformanceOf(document: Document): Conforms {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, "openapi");
  const compiled = new Map<string, ValidateFunction>();
  const paths = Object.keys(document.paths).map((path) => ({ path, regex: regexOf(path) }));

  function validatorAt(pointer: string): ValidateFunction {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
    compiled.set(pointer, known);
    return known;
  }

  return async (method, url, response) => {
    const { pathname } = new URL(url);
    // A path without parameters goes before one that would match with them, as OpenAPI has it.
    const isPlain = document.paths[pathname] !== undefined;
    const path = isPlain ? pathname : paths.find(({ regex }) => regex.test(pathname))?.path;
    const verb = method.toLowerCase() === "head" ? "get" : method.toLowerCase();
    const operation = path === undefined ? undefined : document.paths[path]?.[verb];
    if (path === undefined || operation === undefined)
      return checkUndeclared(url, response, validatorAt);
    const place = `${method} ${path} → ${response.status}`;
    const declared = responseAt(document, operation.responses[response.status]);
    if (declared === undefined) throw new Error(`${place} is not declared`);
    const type = response.headers.get("content-type")?.split(";")[0];
    if (declared.content === undefined || method === "HEAD") {
      if ((await response.clone().text()) !== "") throw new Error(`${place} must have no body`);
      return;
    }
    if (type === undefined || declared.content[type] === undefined) {
      throw new Error(`${place} declares no content type ${type}`);
    }
    if (response.status >= 400 && type === "application/problem+json") {
      return check(place, response, validatorAt("/components/schemas/Problem"));
    }
    const steps = ["paths", path, verb, "responses", String(response.status), "content", type];
    await check(
      place,
      response,
      validatorAt(`/${[...steps, "schema"].map(pointerStep).join("/")}`),
    );
  };
}

/** Unknown routes and methods are in no document, but answer problems like all others. */
async function checkUndeclared(
  url: string,
  response: Response,
  validatorAt: (pointer: string) => ValidateFunction,
): Promise<void> {
  if (response.status < 400) return;
  // Pages say for people what is wrong.
  const isPage = response.headers.get("content-type")?.startsWith("text/html") === true;
  if (isPage && !new URL(url).pathname.startsWith("/api/")) return;
  if (response.headers.get("content-type") !== "application/problem+json") {
    throw new Error(`an undeclared route answered ${response.status} without a problem`);
  }
  await check("undeclared route", response, validatorAt("/components/schemas/Problem"));
}

async function check(place: string, response: Response, validate: ValidateFunction): Promise<void> {
  const text = await response.clone().text();
  const isJson = /[/+]json(;|$)/.test(response.headers.get("content-type") ?? "");
  if (validate(isJson ? JSON.parse(text) : text)) return;
  throw new Error(`${place}: ${JSON.stringify(validate.errors, null, 2)}`);
}

function pointerStep(step: string): string {
  return encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function regexOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
}

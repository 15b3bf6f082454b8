import type { Web } from "../../src/web/app.ts";
import { testCredentials } from "./key.ts";
import { type Conforms, conformanceOf } from "./openapi.ts";

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface Ask {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestClient {
  /** One in-process request; its answer is checked against the OpenAPI document. */
  ask<T = Body>(method: string, path: string, ask?: Ask): Promise<Answer<T>>;
  get<T = Body>(path: string, headers?: Ask["headers"]): Promise<Answer<T>>;
  post<T = Body>(path: string, body: unknown, headers?: Ask["headers"]): Promise<Answer<T>>;
  /** With If-Match of that version. */
  patch<T = Body>(path: string, version: number, body: unknown): Promise<Answer<T>>;
  delete<T = Body>(path: string, version: number): Promise<Answer<T>>;
}

// Tests look into bodies of every shape.
// biome-ignore lint/suspicious/noExplicitAny: the document has already checked the shape
type Body = any;

const conformances = new WeakMap<Web, Conforms>();

/**
 * A client of a web in this process, with the test key unless it brings credentials of its own.
 * Paths are below `/api/v1` unless they begin with `//`.
 */
export function testClient(web: Web, credentials: Ask["headers"] = testCredentials): TestClient {
  const conforms = conformances.get(web) ?? conformanceOf(web.document);
  conformances.set(web, conforms);

  async function ask<T>(method: string, path: string, { body, headers: given }: Ask = {}) {
    const headers = { ...credentials, ...given };
    const url = `http://localhost${path.startsWith("//") ? path.slice(1) : `/api/v1${path}`}`;
    const json = { "content-type": "application/json", ...headers };
    const init = body === undefined ? { headers } : { headers: json, body: text(body) };
    const response = await web.fetch(new Request(url, { method, ...init }));
    await conforms(method, url, response);
    return answerOf<T>(response);
  }

  return {
    ask,
    get: (path, headers) => ask("GET", path, { headers: headers ?? {} }),
    post: (path, body, headers) => ask("POST", path, { body, headers: headers ?? {} }),
    patch: (path, version, body) => ask("PATCH", path, { body, headers: seen(version) }),
    delete: (path, version) => ask("DELETE", path, { headers: seen(version) }),
  };
}

function seen(version: number): Record<string, string> {
  return { "if-match": `"${version}"` };
}

/** Text goes as it is, so that a test can send what is no JSON. */
function text(body: unknown): string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const raw = await response.text();
  const isJson = /[/+]json(;|$)/.test(response.headers.get("content-type") ?? "");
  const body = (isJson && raw !== "" ? JSON.parse(raw) : raw) as T;
  return { status: response.status, headers: response.headers, body };
}

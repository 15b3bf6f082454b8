import type { Answer, Ask } from "./client.ts";
import { testCredentials } from "./key.ts";

export interface RemoteClient {
  /** One request; its answer is not checked for its shape. */
  ask<T = Body>(method: string, path: string, ask?: Ask): Promise<Answer<T>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the test says what it expects
type Body = any;

/** A client of a web elsewhere, over real sockets; its patience ends in an error. Paths are below `/api/v1`. */
export function remoteClient(base: string, patienceMs?: number): RemoteClient {
  if (patienceMs === undefined) return plainClient(fetch, base);
  return plainClient(
    (request) => fetch(request, { signal: AbortSignal.timeout(patienceMs) }),
    base,
  );
}

/** A client of anything that answers requests, in this process too. */
export function plainClient(
  answer: (request: Request) => Promise<Response>,
  base = "http://localhost",
): RemoteClient {
  return {
    async ask<T>(method: string, path: string, { body, headers }: Ask = {}) {
      const init: RequestInit = { method, headers: { ...testCredentials, ...headers } };
      if (body !== undefined) {
        init.headers = { "content-type": "application/json", ...testCredentials, ...headers };
        init.body = JSON.stringify(body);
      }
      const response = await answer(new Request(`${base}/api/v1${path}`, init));
      const text = await response.text();
      const answered = (text === "" ? text : JSON.parse(text)) as T;
      return { status: response.status, headers: response.headers, body: answered };
    },
  };
}

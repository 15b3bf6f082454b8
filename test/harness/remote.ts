import type { Answer, Ask } from "./client.ts";

export interface RemoteClient {
  /** One request over a real socket. */
  ask<T = Body>(method: string, path: string, ask?: Ask): Promise<Answer<T>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the test says what it expects
type Body = any;

/** A client of a web elsewhere; paths are below `/api/v1`. Answers are not checked for their shape. */
export function remoteClient(base: string): RemoteClient {
  return {
    async ask<T>(method: string, path: string, { body, headers }: Ask = {}) {
      const init: RequestInit = { method, headers: headers ?? {} };
      if (body !== undefined) {
        init.headers = { "content-type": "application/json", ...headers };
        init.body = JSON.stringify(body);
      }
      const response = await fetch(`${base}/api/v1${path}`, init);
      const text = await response.text();
      const answered = (text === "" ? text : JSON.parse(text)) as T;
      return { status: response.status, headers: response.headers, body: answered };
    },
  };
}

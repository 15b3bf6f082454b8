import { createSign, generateKeyPairSync } from "node:crypto";

const hosts = ["oauth2.googleapis.com", "www.googleapis.com"];

/** What the fake Google says of whoever comes back with the code. */
export interface GoogleAccount {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
}

export interface FakeGoogle {
  /** Who has signed in there, by the code that the browser brings back. */
  readonly accounts: Map<string, GoogleAccount>;
  stop(): Promise<void>;
}

/**
 * A token endpoint of this process. The library has Google's addresses built in, so this process's
 * calls to them, and to nothing else, are answered by it.
 */
export function fakeGoogle(clientId: string): FakeGoogle {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const accounts = new Map<string, GoogleAccount>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const form = new URLSearchParams(await request.text());
      const account = accounts.get(form.get("code") ?? "");
      const hasVerifier = (form.get("code_verifier") ?? "").length > 40;
      if (account === undefined || !hasVerifier) {
        return Response.json({ error: "invalid_grant" }, { status: 400 });
      }
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: "https://accounts.google.com", aud: clientId, iat: now, ...account };
      const text = [
        { alg: "RS256", typ: "JWT" },
        { ...claims, exp: now + 3600 },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
      const signature = createSign("RSA-SHA256").update(text).sign(privateKey, "base64url");
      const tokens = { access_token: "canary-access-token", refresh_token: "canary-refresh-token" };
      return Response.json({
        ...tokens,
        token_type: "Bearer",
        expires_in: 3600,
        id_token: `${text}.${signature}`,
      });
    },
  });
  const real = globalThis.fetch;
  const rerouted = (input: RequestInfo | URL, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!hosts.includes(url.hostname)) return real(input, init);
    return real(`http://127.0.0.1:${server.port}${url.pathname}`, init);
  };
  globalThis.fetch = Object.assign(rerouted, { preconnect: real.preconnect });
  return {
    accounts,
    stop: async () => {
      globalThis.fetch = real;
      await server.stop(true);
    },
  };
}

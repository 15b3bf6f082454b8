import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

const keyId = "google-key";

interface Signer {
  readonly header: Readonly<Record<string, unknown>>;
  sign(text: string): Buffer;
}

function rsaSigner(key: KeyObject, more: Signer["header"]): Signer {
  const sign = (text: string) => createSign("RSA-SHA256").update(text).sign(key);
  return { header: { alg: "RS256", ...more }, sign };
}

const hosts = ["oauth2.googleapis.com", "www.googleapis.com"];

/** What the fake Google says of whoever comes back with the code. */
export interface GoogleAccount {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
  /** What its token holds instead. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signedBy?: "google" | "stranger" | "secret" | "nobody";
}

export interface FakeGoogle {
  /** Who has signed in there, by the code that the browser brings back. */
  readonly accounts: Map<string, GoogleAccount>;
  stop(): Promise<void>;
}

/**
 * Google's token endpoint and its keys, in this process. The library has Google's addresses built in, so this process's
 * calls to them, and to nothing else, are answered by it.
 */
export function fakeGoogle(clientId: string): FakeGoogle {
  const google = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKey = google.publicKey.export({ format: "jwk" });
  const keys = [{ ...publicKey, kid: keyId, alg: "RS256", use: "sig" }];
  const accounts = new Map<string, GoogleAccount>();
  const signers: Record<NonNullable<GoogleAccount["signedBy"]>, Signer> = {
    google: rsaSigner(google.privateKey, {}),
    // It names the key it was signed with, as if that were a reason to trust it.
    stranger: rsaSigner(stranger.privateKey, { jwk: stranger.publicKey.export({ format: "jwk" }) }),
    secret: {
      header: { alg: "HS256" },
      sign: (text) => createHmac("sha256", JSON.stringify(publicKey)).update(text).digest(),
    },
    nobody: { header: { alg: "none" }, sign: () => Buffer.alloc(0) },
  };
  const tokenOf = ({ claims, signedBy = "google", ...account }: GoogleAccount) => {
    const iat = Math.floor(Date.now() / 1000);
    const iss = "https://accounts.google.com";
    const all = { iss, aud: clientId, iat, exp: iat + 3600, ...account, ...claims };
    const { header, sign } = signers[signedBy];
    const text = [{ typ: "JWT", kid: keyId, ...header }, all]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${sign(text).toString("base64url")}`;
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (new URL(request.url).pathname === "/oauth2/v3/certs") return Response.json({ keys });
      const form = new URLSearchParams(await request.text());
      const account = accounts.get(form.get("code") ?? "");
      const hasVerifier = (form.get("code_verifier") ?? "").length > 40;
      if (account === undefined || !hasVerifier) {
        return Response.json({ error: "invalid_grant" }, { status: 400 });
      }
      const tokens = { access_token: "canary-access-token", refresh_token: "canary-refresh-token" };
      return Response.json({
        ...tokens,
        token_type: "Bearer",
        expires_in: 3600,
        id_token: tokenOf(account),
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

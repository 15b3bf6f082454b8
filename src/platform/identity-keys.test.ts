import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { createVerifier } from "./identity.ts";

// A server of public keys as Google's is, whose keys change.
let served: readonly JWK[] = [];
let isDown = false;
let asked = 0;
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  fetch: () => {
    asked += 1;
    return isDown ? new Response(null, { status: 503 }) : Response.json({ keys: served });
  },
});
const audience = "https://europe-west3-bread.cloudfunctions.net/audit-event";
const email = "banneton-worker@bread.iam.gserviceaccount.com";

interface TestKey {
  readonly jwk: JWK;
  sign(claims?: Record<string, unknown>): Promise<string>;
}
let first: TestKey;
let second: TestKey;

async function newKey(kid: string): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
  const sign = (claims = {}) =>
    new SignJWT({
      iss: "https://accounts.google.com",
      aud: audience,
      email,
      email_verified: true,
      iat: Math.floor(Date.now() / 1_000),
      exp: Math.floor(Date.now() / 1_000) + 600,
      ...claims,
    })
      .setProtectedHeader({ alg: "RS256", kid })
      .sign(privateKey);
  return { jwk, sign };
}

const verifier = () =>
  createVerifier({ audience, emails: [email], keysUrl: `http://127.0.0.1:${server.port}/certs` });

beforeAll(async () => {
  [first, second] = [await newKey("first"), await newKey("second")];
  served = [first.jwk];
});
afterAll(() => void server.stop(true));

const refused = { kind: "unauthenticated", code: "identity.refused" };

describe("keys of callers' tokens", () => {
  test("are fetched once for many tokens, and a good one names its account", async () => {
    const verify = verifier();
    asked = 0;
    const tokens = await Promise.all(Array.from({ length: 20 }, () => first.sign()));
    const emails = await Promise.all(tokens.map((token) => verify(token)));
    expect(new Set(emails)).toEqual(new Set([email]));
    expect(asked).toBe(1);
  });

  test("a token of a key that is not served is refused, also under a name that is", async () => {
    const verify = verifier();
    await expect(verify(await second.sign())).rejects.toMatchObject(refused);
    const impostor = await newKey("first");
    await expect(verify(await impostor.sign())).rejects.toMatchObject(refused);
  });

  test("a new key is found when the first token of it comes", async () => {
    served = [first.jwk, second.jwk];
    const verify = verifier();
    expect(await verify(await second.sign())).toBe(email);
  });

  test("cannot be had: that is no refusal, and ends with the trouble", async () => {
    const verify = verifier();
    isDown = true;
    const unavailable = { kind: "unavailable", code: "identity.keys_unavailable" };
    await expect(verify(await first.sign())).rejects.toMatchObject(unavailable);
    isDown = false;
    expect(await verify(await first.sign())).toBe(email);
  });

  test("every claim must be as it should, exactly", async () => {
    const verify = verifier();
    const past = Math.floor(Date.now() / 1_000) - 3_600;
    const wrong: Record<string, unknown>[] = [
      { iss: "https://accounts.google.com.example" },
      { aud: `${audience}/` },
      { aud: [audience, "https://other.example"] },
      { aud: audience.toUpperCase() },
      { email: `x${email}` },
      { email: undefined },
      { email: [email] },
      { email_verified: "true" },
      { email_verified: false },
      { exp: past },
      { exp: undefined },
      { iat: undefined },
      { nbf: past + 7_200 },
    ];
    for (const claims of wrong) {
      await expect(verify(await first.sign(claims))).rejects.toMatchObject(refused);
    }
    expect(await verify(await first.sign({ iss: "accounts.google.com" }))).toBe(email);
    for (const token of ["", "a", "a.b.c", `${await first.sign()}x`]) {
      await expect(verify(token)).rejects.toMatchObject(refused);
    }
  });
});

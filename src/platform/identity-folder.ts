import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTVerifyGetKey,
  SignJWT,
} from "jose";
import type { TokenFor } from "./identity-tokens.ts";

/** Issues the tokens of development: of Google's form, and checked like Google's. */
export const developmentIssuer = "https://identity.localhost";
/** The account that everything on one machine acts as. */
export const developmentEmail = "banneton@identity.localhost";

const keyFile = "signing-key.json";
const lifetimeSeconds = 3_600;

/** Signs with the folder's key, which is made when there is none. Seconds of `now` go into the token. */
export function developmentTokens(folder: string, now: () => Date): TokenFor {
  let key: Promise<JWK> | undefined;
  return async (audience) => {
    key ??= keyOf(folder);
    const jwk = await key;
    const issuedAt = Math.floor(now().getTime() / 1_000);
    return new SignJWT({ email: developmentEmail, email_verified: true })
      .setProtectedHeader({ alg: "RS256", kid: jwk.kid ?? "", typ: "JWT" })
      .setIssuer(developmentIssuer)
      .setSubject(developmentEmail)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(await importJWK(jwk, "RS256"));
  };
}

/** The public half of the folder's key, read when the first token is checked. */
export function developmentKeys(folder: string): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= keyOf(folder).then(({ kty, n, e, kid }) =>
      createLocalJWKSet({ keys: [{ kty, n, e, kid, alg: "RS256", use: "sig" } as JWK] }),
    );
    return (await keys)(header, token);
  };
}

async function keyOf(folder: string): Promise<JWK> {
  const path = join(folder, keyFile);
  const found = await readIfThere(path);
  if (found !== undefined) return JSON.parse(found) as JWK;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256" };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Whole or not at all, and only once: of two processes that start together one makes it.
  const made = `${path}.${randomUUID()}`;
  await writeFile(made, JSON.stringify(jwk), { mode: 0o600 });
  await link(made, path).catch((error: unknown) => {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  });
  await rm(made);
  return JSON.parse(await readFile(path, "utf8")) as JWK;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

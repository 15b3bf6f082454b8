import { Buffer } from "node:buffer";
import {
  createRemoteJWKSet,
  type JWTClaimVerificationOptions,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  UnsecuredJWT,
} from "jose";
import { AppError } from "./errors.ts";
import { developmentIssuer, developmentKeys } from "./identity-folder.ts";

/** Who is believed: tokens of Google's, or of a development's own folder. */
export interface IdentityTrust {
  /** The exact audience. */
  readonly audience: string;
  /** Accounts by their e-mail address, in lower case. */
  readonly emails: readonly string[];
  readonly keysUrl: string;
  /** In place of Google: the folder of the keys that development signs with. */
  readonly folder?: string | undefined;
  /** The platform lets nobody in whose signature it has not checked, and then takes it away. */
  readonly isCheckedByPlatform?: boolean;
}

/** Checks an ID token; answers the e-mail of the account that shows it. */
export type VerifyIdentity = (token: string) => Promise<string>;

const googleIssuers = ["https://accounts.google.com", "accounts.google.com"];
const clockToleranceSeconds = 30;

// What Cloud Run writes in place of a signature that it has checked.
const removedSignature = ".SIGNATURE_REMOVED_BY_GOOGLE";

/**
 * Checks signature, issuer, exact audience, expiry and account of an ID token (OpenID Connect Core 1.0,
 * 3.1.3.7). The keys are kept, and fetched again when a token names one that is not among them. Throws
 * `identity.refused` (401) without saying why, and `identity.keys_unavailable` (503) while the keys
 * cannot be had.
 */
export function createVerifier(trust: IdentityTrust): VerifyIdentity {
  const keys = keysOf(trust);
  const claims = {
    issuer: trust.folder === undefined ? googleIssuers : developmentIssuer,
    audience: trust.audience,
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ["exp", "iat", "email"],
  };
  return async (token) => {
    const isChecked = trust.isCheckedByPlatform === true && token.endsWith(removedSignature);
    const payload = await (isChecked ? readChecked(token, claims) : verified(token, keys, claims));
    return emailOf(payload, trust);
  };
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  claims: JWTClaimVerificationOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, { ...claims, algorithms: ["RS256"] })).payload;
  } catch (error) {
    throw isOfKeys(error) ? keysUnavailable(error) : refused(error);
  }
}

const unsecured = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");

/** All the claims of a token whose signature the platform has checked. */
async function readChecked(
  token: string,
  claims: JWTClaimVerificationOptions,
): Promise<JWTPayload> {
  try {
    const [, payload = ""] = token.split(".");
    return UnsecuredJWT.decode(`${unsecured}.${payload}.`, claims).payload;
  } catch (error) {
    throw refused(error);
  }
}

function emailOf(payload: JWTPayload, { audience, emails }: IdentityTrust): string {
  const { aud, email, email_verified: isVerified } = payload;
  const name = typeof email === "string" ? email.toLowerCase() : "";
  // A token for several audiences could be shown to each of them by any other.
  if (aud !== audience || isVerified !== true || !emails.includes(name)) throw refused();
  return name;
}

function keysOf({ keysUrl, folder }: IdentityTrust): JWTVerifyGetKey {
  if (folder !== undefined) return developmentKeys(folder);
  return createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: 5_000, cooldownDuration: 30_000 });
}

// Of jose's errors these are not about the token; and what the network does is none of jose's.
const keyCodes = new Set(["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"]);

function isOfKeys(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return !code.startsWith("ERR_J") || keyCodes.has(code);
}

function refused(cause?: unknown): AppError {
  const text = "An ID token of an account that may call this is needed.";
  return new AppError("unauthenticated", "identity.refused", text, { cause });
}

function keysUnavailable(cause: unknown): AppError {
  const text = "Callers cannot be checked now. Please try again.";
  return new AppError("unavailable", "identity.keys_unavailable", text, { cause });
}
